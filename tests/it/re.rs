//! `re`: each result beside CPython's, and what the engine does not have.

use super::support::script::{Script, each_start_method, prints};
use super::support::table::gives;

/// Expressions with what CPython 3.11 gives for the same.
const TABLE: &str = r###"
        re.search("b+", "abbbc") => <re.Match object; span=(1, 4), match='bbb'>
        re.search("x", "abc") => None
        re.search("b+", "abbbc").span() => [1, 4]
        re.match("b", "ab") => None
        re.match("a", "ab").group() => 'a'
        re.fullmatch("a|ab", "ab").group() => 'ab'
        re.fullmatch("a", "ab") => None
        re.findall(#"\d+"#, "10 of 20") => ['10', '20']
        re.findall(#"(\w)(\d)?"#, "a1b") => [['a', '1'], ['b', '']]
        re.findall(#"(\w)\d"#, "a1b2") => ['a', 'b']
        re.findall("x*", "abxd") => ['', '', 'x', '', '']
        re.sub("x*", "-", "abxd") => '-a-b--d-'
        re.sub(#"(\w+) (\w+)"#, #"\2 \1"#, "hello world") => 'world hello'
        re.sub(#"(?P<a>\w)"#, #"<\g<a>\g<1>\g<0>>"#, "ab") => '<aaa><bbb>'
        re.sub("a", #"\n\t\\"#, "bab") => 'b\n\t\\b'
        re.sub("a", #"\q"#, "bab") => PatternError: bad escape \q at position 0
        re.sub("a", #"\1"#, "bab") => PatternError: invalid group reference 1 at position 1
        re.sub("a", #"\g<x>"#, "bab") => IndexError: unknown group name 'x'
        re.sub("a", #"\g<"#, "bab") => PatternError: missing group name at position 3
        re.sub("a", #"\g<1"#, "bab") => PatternError: missing >, unterminated name at position 3
        re.sub("a", #"\g"#, "bab") => PatternError: missing < at position 2
        re.sub("a", #"\g<>"#, "bab") => PatternError: missing group name at position 3
        re.sub("a", #"\g<1a>"#, "bab") => PatternError: bad character in group name '1a' at position 3
        re.sub("a", "x\\", "bab") => PatternError: bad escape (end of pattern) at position 1
        re.sub("a", #"\0"#, "bab") => 'b\x00b'
        re.sub("a", #"\101"#, "bab") => 'bAb'
        re.sub("(a)", #"\400"#, "bab") => PatternError: octal escape value \400 outside of range 0-0o377 at position 0
        re.sub("a", #"\."#, "bab") => 'b\\.b'
        re.sub("b", "-", "abab", 1) => 'a-ab'
        re.sub("B", "-", "abab", #{flags: re.I}) => 'a-a-'
        re.sub("b", "-", "abab", #{count: 1}) => 'a-ab'
        re.sub("[a-c]", |m| m.group().upper(), "abcd") => 'ABCd'
        re.sub("(a)|(b)", #"[\1\2]"#, "abc") => '[a][b]c'
        re.sub("a", |m| (), "bab") => 'bb'
        re.sub("a", |m| { throw AttributeError("'re.Match' object has no attribute 'undefined'") }, "bab") => AttributeError: 're.Match' object has no attribute 'undefined'
        re.subn("b", "-", "abab") => ['a-a-', 2]
        re.subn("", "-", "ab") => ['-a-b-', 3]
        re.split(",", "a,b,c") => ['a', 'b', 'c']
        re.split("(,)", "a,b,c") => ['a', ',', 'b', ',', 'c']
        re.split("(,)|(;)", "a,b;c") => ['a', ',', None, 'b', None, ';', 'c']
        re.split(",", "a,b,c", 1) => ['a', 'b,c']
        re.split(",", "a,b,c", #{maxsplit: 1}) => ['a', 'b,c']
        re.split("x*", "axbc") => ['', 'a', '', 'b', 'c', '']
        re.split(#"\b"#, "hi you") => ['', 'hi', ' ', 'you', '']
        re.split(",", "") => ['']
        re.escape("a.b*c[d]-e f&~#\n") => 'a\\.b\\*c\\[d\\]\\-e\\ f\\&\\~\\#\\\n'
        re.escape("ü_1") => 'ü_1'
        re.compile("a") => re.compile('a')
        re.compile("a", re.I | re.M) => re.compile('a', re.IGNORECASE|re.MULTILINE)
        re.compile("a", re.A) => re.compile('a', re.ASCII)
        re.compile("(?i)a").flags => 34
        re.compile("a").flags => 32
        re.compile("(?a)a").flags => 256
        re.compile("(a)(?P<n>b)").groups => 2
        re.compile("(a)(?P<n>b)").groupindex["n"] => 2
        re.compile("(a)(?P<n>b)").pattern => '(a)(?P<n>b)'
        re.compile("a") == re.compile("a") => True
        re.compile("a") == re.compile("b") => False
        re.compile("b").search("abcb", 2).span() => [3, 4]
        re.compile("b").search("abcb", 2, 3) => None
        re.compile("^b").search("abcb", 1) => None
        re.compile("b").match("abcb", 1).span() => [1, 2]
        re.compile("b$").search("abcb", 0, 2).span() => [1, 2]
        re.compile("b").fullmatch("abcb", 1, 2).span() => [1, 2]
        re.compile("b").search("abcb", 9) => None
        re.compile("").search("abc", 9).span() => [3, 3]
        re.compile("b").search("abcb", -5).span() => [1, 2]
        re.compile("b").search("abcb", 3, 1) => None
        re.compile("b").findall("bbbb", 1, 3) => ['b', 'b']
        re.compile("b").sub("-", "abcb") => 'a-c-'
        re.compile("b").subn("-", "abcb", 1) => ['a-cb', 1]
        re.compile("b").split("abcb") => ['a', 'c', '']
        re.compile(re.compile("b")) => re.compile('b')
        re.compile(re.compile("b"), re.I) => ValueError: cannot process flags argument with a compiled pattern
        re.compile(5) => TypeError: first argument must be string or compiled pattern
        re.search("a", 5) => TypeError: expected string or bytes-like object, got 'int'
        re.search("a", "a".encode()) => TypeError: cannot use a string pattern on a bytes-like object
        re.search("(a)(b)?", "a").group(0, 1, 2) => ['a', 'a', None]
        re.search("(a)(b)?", "a").groups() => ['a', None]
        re.search("(a)(b)?", "a").groups("-") => ['a', '-']
        re.search("(?P<x>a)(?P<y>b)?", "a").groupdict() => {'x': 'a', 'y': None}
        re.search("(?P<x>a)(?P<y>b)?", "a").groupdict("-") => {'x': 'a', 'y': '-'}
        re.search("(a)(b)?", "a").start(2) => -1
        re.search("(a)(b)?", "a").span(2) => [-1, -1]
        re.search("(a)(b)?", "a").group(3) => IndexError: no such group
        re.search("(a)(b)?", "a").group("x") => IndexError: no such group
        re.search("(a)(b)?", "a").group(-1) => IndexError: no such group
        re.search("(a)(b)?", "xa")[1] => 'a'
        re.search("(?P<q>a)(b)?", "xa")["q"] => 'a'
        re.search("(a)(b)?", "xa")[2] => None
        re.search("(a)(b)?", "xa")[3] => IndexError: no such group
        re.search("(a)(b)?", "xa").lastindex => 1
        re.search("(a)(b)", "xab").lastindex => 2
        re.search("((a)(b))", "xab").lastindex => 1
        re.search("a", "xab").lastindex => None
        re.search("(?P<n>a)", "xab").lastgroup => 'n'
        re.search("(?P<n>a)(b)", "xab").lastgroup => None
        re.search("(?:(a)|(b))*", "ba").lastindex => 1
        re.search("(a)()", "ba").lastindex => 2
        re.search("a", "xab").string => 'xab'
        re.search("a", "xab").re => re.compile('a')
        re.search("a", "xab").pos => 0
        re.search("a", "xab").endpos => 3
        re.search("(a)(b)", "xab").expand(#"\2-\1"#) => 'b-a'
        re.search("a", "xab") => <re.Match object; span=(1, 2), match='a'>
        re.search("a+", "x" + "a" * 100) => <re.Match object; span=(1, 101), match='aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>
        re.search("ü+", "aüüb").span() => [1, 3]
        re.search("b", "äöüb").start() => 3
        list(re.finditer("[äb]", "äöbü äb")).map(|m| m.span()) => [[0, 1], [2, 3], [5, 6], [6, 7]]
        re.findall("^a", "a\na", re.M) => ['a', 'a']
        re.findall("a$", "a\na\n") => ['a']
        re.findall("a$", "a\na\n", re.M) => ['a', 'a']
        re.search("a$", "a\n").span() => [0, 1]
        re.search(".*$", "abc\n").span() => [0, 3]
        re.search(#"\s*$"#, "a\n").span() => [1, 2]
        re.search(#"a\Z"#, "a\n") => None
        re.search("$", "a\n").span() => [1, 1]
        re.findall("$", "a\n") => ['', '']
        re.fullmatch("a$", "a\n") => None
        re.sub("$", "!", "a\n") => 'a!\n!'
        re.match(#"abc$"#, "abc\n").span() => [0, 3]
        re.search("a.b", "a\nb") => None
        re.search("a.b", "a\nb", re.S).span() => [0, 3]
        re.search("A", "a", re.I).span() => [0, 1]
        re.search("a b # c", "ab", re.X).span() => [0, 2]
        re.search("a[ #]b # c", "a b", re.X).span() => [0, 3]
        re.search(#"a\ b"#, "a b", re.X).span() => [0, 3]
        re.findall(#"\w+"#, "naïve ² x_1") => ['naïve', '²', 'x_1']
        re.findall(#"\w+"#, "naïve ² x_1", re.A) => ['na', 've', 'x_1']
        re.findall(#"\d"#, "1٣") => ['1', '٣']
        re.findall(#"\d"#, "1٣", re.A) => ['1']
        re.findall(#"[^\W\d]"#, "a1_-") => ['a', '_']
        re.findall(#"\S+"#, "a b\u2003c\x1cd") => ['a', 'b', 'c', 'd']
        re.findall("(?i:a)b", "Ab aB ab") => ['Ab', 'ab']
        re.findall(#"(?a:\w)\w"#, "éé aé") => ['aé']
        re.findall("(?s-i:.)", "\n") => ['\n']
        re.findall("[^[]", "a[b") => ['a', 'b']
        re.findall("[]a]", "]a") => [']', 'a']
        re.findall("[^]a]", "]ab") => ['b']
        re.findall("[a-]", "a-b") => ['a', '-']
        re.findall("[+--]", "+,-.") => ['+', ',', '-']
        re.findall("[a&&b]", "a&b") => ['a', '&', 'b']
        re.findall(#"[\]\-\\]"#, "]-\\") => [']', '-', '\\']
        re.findall(#"[\b]"#, "\x08b") => ['\x08']
        re.findall("a{,2}b", "aaab") => ['aab']
        re.findall("a{2}", "aaa") => ['aa']
        re.findall("a{1,}?", "aaa") => ['a', 'a', 'a']
        re.findall("a{", "a{") => ['a{']
        re.findall("a{}", "a{}") => ['a{}']
        re.findall("a{x}", "a{x}") => ['a{x}']
        re.findall("{", "{") => ['{']
        re.findall(#"\<\>"#, "<>") => ['<>']
        re.findall(#"\x41\u0042\103\0"#, "ABC\x00") => ['ABC\x00']
        re.findall(#"\é\"\/"#, "é\"/") => ['é"/']
        re.findall("(?#comment)a", "a") => ['a']
        re.findall("a(?:b)", "ab") => ['ab']
        re.compile("(") => PatternError: missing ), unterminated subpattern at position 0
        re.compile("a)") => PatternError: unbalanced parenthesis at position 1
        re.compile("[a") => PatternError: unterminated character set at position 0
        re.compile("[]") => PatternError: unterminated character set at position 0
        re.compile("*") => PatternError: nothing to repeat at position 0
        re.compile("a|*") => PatternError: nothing to repeat at position 2
        re.compile("a**") => PatternError: multiple repeat at position 2
        re.compile("a{2}{3}") => PatternError: multiple repeat at position 4
        re.compile("^*") => PatternError: nothing to repeat at position 1
        re.compile("a{3,2}") => PatternError: min repeat greater than max repeat at position 2
        re.compile("[b-a]") => PatternError: bad character range b-a at position 1
        re.compile(#"[\w-a]"#) => PatternError: bad character range \w-a at position 1
        re.compile("\\") => PatternError: bad escape (end of pattern) at position 0
        re.compile(#"\q"#) => PatternError: bad escape \q at position 0
        re.compile(#"[\q]"#) => PatternError: bad escape \q at position 1
        re.compile(#"\x1"#) => PatternError: incomplete escape \x1 at position 0
        re.compile(#"\u12"#) => PatternError: incomplete escape \u12 at position 0
        re.compile(#"\400"#) => PatternError: octal escape value \400 outside of range 0-0o377 at position 0
        re.compile(#"\1"#) => PatternError: invalid group reference 1 at position 1
        re.compile("(?P<a") => PatternError: missing >, unterminated name at position 4
        re.compile("(?P<>a)") => PatternError: missing group name at position 4
        re.compile("(?P<1>a)") => PatternError: bad character in group name '1' at position 4
        re.compile("(?P<a>a)(?P<a>b)") => PatternError: redefinition of group name 'a' as group 2; was group 1 at position 12
        re.compile("(?<n>a)") => PatternError: unknown extension ?<n at position 1
        re.compile("(?z)") => PatternError: unknown extension ?z at position 1
        re.compile("(?i") => PatternError: missing -, : or ) at position 3
        re.compile("(?") => PatternError: unexpected end of pattern at position 2
        re.compile("(?P") => PatternError: unexpected end of pattern at position 3
        re.compile("(?Px)") => PatternError: unknown extension ?Px at position 1
        re.compile("a(?i)b") => PatternError: global flags not at the start of the expression at position 1
        re.compile("(?L)a") => PatternError: bad inline flags: cannot use 'L' flag with a str pattern at position 3
        re.compile("(?#a") => PatternError: missing ), unterminated comment at position 0
        re.compile("a", re.A | re.U) => ValueError: ASCII and UNICODE flags are incompatible
        re.compile("ab\n(c") => PatternError: missing ), unterminated subpattern at position 3 (line 2, column 1)
        re.compile("(?i-i:a)") => PatternError: bad inline flags: flag turned on and off at position 5
        re.findall("a+", "a") => ['a']
        re.match("a", "b") == None => True
        re.search("(?P<année>x)", "x")["année"] => 'x'
        re.search("a|", "b").span() => [0, 0]
        re.findall("(a|b)*", "ab") => ['b', '']
        re.findall("|a", "b") => ['', '']
        "###;

#[test]
fn functions_and_methods_give_what_python_gives() {
    gives("", TABLE);
}

#[test]
fn what_the_engine_does_not_have_is_an_error_that_says_so() {
    gives(
        "",
        r###"
        re.compile("(?=a)") => PatternError: look-ahead and look-behind are not supported at position 0
        re.compile("a(?!b)") => PatternError: look-ahead and look-behind are not supported at position 1
        re.compile("(?<=a)b") => PatternError: look-ahead and look-behind are not supported at position 0
        re.compile("(?<!a)b") => PatternError: look-ahead and look-behind are not supported at position 0
        re.compile(#"(a)\1"#) => PatternError: back references are not supported at position 3
        re.compile("(?P<x>a)(?P=x)") => PatternError: back references are not supported at position 8
        re.compile("(?>a)") => PatternError: atomic groups are not supported at position 0
        re.compile("a++") => PatternError: possessive repetitions are not supported at position 1
        re.compile("(a)(?(1)b|c)") => PatternError: conditional groups are not supported at position 3
        re.compile(#"\N{DIGIT ONE}"#) => PatternError: bad escape \N at position 0
        re.compile("((a{1000}){1000}){1000}") => PatternError: the pattern takes more than 10485760 bytes when it is compiled
        re.compile("(" * 300 + ")" * 300) => PatternError: groups and repetitions are nested more than 250 levels deep at position 250
        re.compile("a", re.L) => AttributeError: 're' object has no attribute 'L'
        re.compile("a", 4) => ValueError: cannot use LOCALE flag with a str pattern
        re.compile("a".encode()) => TypeError: patterns of bytes are not supported: decode the pattern and what is searched
        re.sub("a", 1, "a") => TypeError: repl must be a string or a function, not int
        re.sub("a", |m| 1, "a") => TypeError: expected str instance, int found
        re.search("a", "a", 0, 0, 0) => TypeError: search() takes from 2 to 3 positional arguments but 5 were given
        "###,
    );
}

#[test]
fn an_error_says_where_it_is() {
    prints(
        r#"
        try { re.compile("ab\n(c"); } catch (e) {
            print(e.type, isinstance(e, re.error), isinstance(e, "Exception"), isinstance(e, "ValueError"));
            print([e.message, e.msg, e.pattern, e.pos, e.lineno, e.colno]);
        }
        try { throw re.error("mine"); } catch (e) { print(e.type, e.message, e.msg, e.pos, e.lineno); }
        try { throw ValueError("other"); } catch (e) { print(e.pos, e.msg); }
        let error = "a variable of that name";
        print(error);
        "#,
        r#"
        PatternError True True False
        ['missing ), unterminated subpattern at position 3 (line 2, column 1)', 'missing ), unterminated subpattern', 'ab\n(c', 3, 2, 1]
        PatternError mine mine None None
        None None
        a variable of that name
        "#,
    );
}

#[test]
fn what_takes_exponential_time_elsewhere_does_not_here() {
    prints(
        r#"
        print(re.search("(a+)+$", "a" * 100000 + "b"));
        print(re.fullmatch("(a|a)*b", "a" * 100000));
        print(len(re.sub("a", "bb", "a" * 1000000)));
        let n = 0;
        for m in re.finditer("ü", "üa" * 100000) { n += m.start() % 2; }
        print(n);
        "#,
        "
        None
        None
        2000000
        0
        ",
    );
}

#[test]
fn iterators_give_matches_one_by_one() {
    prints(
        r###"
        let words = re.finditer(#"\w+"#, "one two three");
        print(next(words).group(), words.next()[0]);
        for m in words { print(m); }
        print(next(words, "no more"), error_of(|| next(words)));
        print(list(re.finditer("a", "banana")).map(|m| m.start()));
        let m = re.search("a", "ab");
        let group = m.group;
        print(group.call(), m == m, re.search("a", "ab") == m);
        "###,
        "
        one two
        <re.Match object; span=(8, 13), match='three'>
        no more StopIteration: 
        [1, 3, 5]
        a True False
        ",
    );
}

#[test]
fn patterns_are_used_in_threads_and_sent_to_processes() {
    each_start_method(|method| {
        Script::text(
            r#"
            const WORD = re.compile("(?i)(?P<first>w)ord");
            fn work(q, pattern) { q.put([pattern, pattern == global::WORD, pattern.search("a Word")["first"]]); }
            let q = Queue();
            let p = Process(work, [q, WORD]);
            p.start();
            print(q.get());
            p.join();
            let threads = list(range(4)).map(|n| Thread(work, [q, WORD]));
            for t in threads { t.start(); }
            for t in threads { t.join(); print(q.get()[2]); }
            print(error_of(|| q.put(re.search("a", "a"))));
            print(error_of(|| q.put(re.finditer("a", "a"))));
            with Pool(2) as pool { print(pool.map(WORD.findall, ["word Word", "none"])); }
            "#,
        )
        .start_method(method)
        .run()
        .assert(
            0,
            "
            [re.compile('(?i)(?P<first>w)ord', re.IGNORECASE), True, 'W']
            W
            W
            W
            W
            TypeError: item is a re.Match, which cannot be sent to another process
            TypeError: item is an iterator, which cannot be sent from here: an iterator belongs to its process: send list(iterator)
            [['w', 'W'], []]
            ",
            "",
        );
    });
}
