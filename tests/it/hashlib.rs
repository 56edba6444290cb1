//! `hashlib`: each hash beside CPython's; files.

use super::support::script::{Script, each_start_method, prints};
use super::support::table::gives;

#[test]
fn hashes_are_those_of_python() {
    gives(
        "",
        r#"
        hashlib.md5("abc".encode()).hexdigest() => '900150983cd24fb0d6963f7d28e17f72'
        hashlib.sha1("abc".encode()).hexdigest() => 'a9993e364706816aba3e25717850c26c9cd0d89d'
        hashlib.sha224("abc".encode()).hexdigest() => '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'
        hashlib.sha256("abc".encode()).hexdigest() => 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
        hashlib.sha384("abc".encode()).hexdigest() => 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7'
        hashlib.sha512("abc".encode()).hexdigest() => 'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f'
        hashlib.sha3_224("abc".encode()).hexdigest() => 'e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf'
        hashlib.sha3_256("abc".encode()).hexdigest() => '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532'
        hashlib.sha3_384("abc".encode()).hexdigest() => 'ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25'
        hashlib.sha3_512("abc".encode()).hexdigest() => 'b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0'
        hashlib.blake2b("abc".encode()).hexdigest() => 'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923'
        hashlib.blake2s("abc".encode()).hexdigest() => '508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982'
        hashlib.md5().hexdigest() => 'd41d8cd98f00b204e9800998ecf8427e'
        hashlib.new("sha256", "abc".encode()).hexdigest() => 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
        hashlib.new("SHA256").name => 'sha256'
        hashlib.new("sha3_256").name => 'sha3_256'
        hashlib.new("nosuch") => ValueError: unsupported hash type nosuch
        hashlib.md5("abc") => TypeError: Strings must be encoded before hashing
        hashlib.md5(5) => TypeError: object supporting the buffer API required
        hashlib.md5("abc".encode()).digest() => b'\x90\x01P\x98<\xd2O\xb0\xd6\x96?}(\xe1\x7fr'
        ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "blake2b", "blake2s"].map(|n| hashlib.new(n).digest_size) => [16, 20, 28, 32, 48, 64, 28, 64, 32]
        ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"].map(|n| hashlib.new(n).block_size) => [64, 64, 64, 64, 128, 128, 144, 136, 104, 72, 128, 64]
        "sha256" in hashlib.algorithms_available => True
        "#,
    );
}

#[test]
fn a_hash_grows_and_is_copied() {
    prints(
        r#"
        let h = hashlib.sha256();
        h.update("a".encode());
        let before = h.copy();
        h.update("bc".encode());
        print(h.hexdigest() == hashlib.sha256("abc".encode()).hexdigest(), h.hexdigest() == h.hexdigest());
        before.update("bc".encode());
        print(before.digest() == h.digest(), h, h.name, h == h, h == before);
        let same = h;
        same.update("d".encode());
        print(h.hexdigest()[0..8], error_of(|| h.update("text")));
        print(error_of(|| Queue().put(h)));
        "#,
        "
        True True
        True <sha256 _hashlib.HASH object> sha256 True False
        88d4266f TypeError: Strings must be encoded before hashing
        TypeError: item is a _hashlib.HASH, which cannot be sent to another process
        ",
    );
}

#[test]
fn a_file_is_hashed_from_where_it_is() {
    let run = Script::text(
        r#"
        with open("data", "rb") as f { print(hashlib.file_digest(f, "md5").hexdigest()); }
        with open("data", "rb") as f {
            f.read(1);
            print(hashlib.file_digest(f, hashlib.md5).hexdigest(), f.read());
        }
        print(error_of(|| hashlib.file_digest(open("data"), "md5")));
        print(error_of(|| hashlib.file_digest("data", "md5")));
        print(error_of(|| hashlib.file_digest(open("data", "rb"), "nosuch")));
        print(error_of(|| hashlib.file_digest(open("data", "rb"), 5)));
        print(error_of(|| hashlib.file_digest(open("new", "wb"), "md5")));
        "#,
    );
    run.beside("data", "x".to_string() + &"y".repeat(1_000_000))
        .run()
        .assert(
            0,
            "
        bd2c9d004ef52b593f963229fc75cccb
        4c4ece6a40af230a4b507ceec577ba44 b''
        ValueError: the file is not open in binary mode: open it with \"rb\"
        ValueError: 'str' is not a file-like object in binary reading mode.
        ValueError: unsupported hash type nosuch
        TypeError: digest must be the name of a hash or a function that makes one
        UnsupportedOperation: not readable
        ",
            "",
        );
}

#[test]
fn processes_hash_for_themselves() {
    each_start_method(|method| {
        Script::text(
            r#"
            fn work(text) { hashlib.sha1(text.encode()).hexdigest() }
            with Pool(2) as pool { print(pool.map(work, ["a", "b"]).map(|h| h[0..6])); }
            "#,
        )
        .start_method(method)
        .run()
        .assert(0, "['86f7e4', 'e9d71f']\n", "");
    });
}
