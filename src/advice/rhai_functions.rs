//! The names of the functions Rhai itself has.

/// What Rhai's standard packages define (1.27): Rhai itself lists it only with metadata compiled in.
const NAMES: &str = "
E Fn PI abs acos acosh all append as_string asin asinh atan atanh bits blob bytes call ceiling
chars chop clear contains cos cosh crop curry debug dedup drain elapsed end ends_with eval exit
exp extract fill_with filter find find_map floor for_each fraction get get_bit get_bits
get_fn_metadata_list hypot index_of insert int is_anonymous is_def_fn is_def_var is_empty
is_even is_exclusive is_finite is_inclusive is_infinite is_nan is_odd is_shared is_zero keys len
ln log make_lower make_upper map max min mixin name order order_by order_desc pad parse_be_float
parse_be_int parse_float parse_int parse_json parse_le_float parse_le_int pop print push range
reduce reduce_rev remove replace retain reverse round set set_bit set_bits set_tag shift sign
sin sinh sleep some sort sort_by sort_desc splice split split_rev sqrt start starts_with
sub_string tag take tan tanh timestamp to_array to_binary to_blob to_chars to_debug to_degrees
to_float to_hex to_int to_json to_lower to_octal to_radians to_string to_upper trim truncate
type_of values write_ascii write_be write_le write_utf8 zip
";

pub(crate) fn names<'a>() -> impl Iterator<Item = &'a str> {
    NAMES.split_ascii_whitespace()
}

pub(crate) fn has(name: &str) -> bool {
    names().any(|known| known == name)
}
