//! What is denied stays so, in whichever way a script comes to it.

use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use crate::support::script::Script;

#[test]
fn an_option_without_a_list_denies_all_beside_others_with_one() {
    let code = r#"
        print(error_of(|| open("/etc/hostname")));
        print(error_of(|| open("new", "w")));
        print(error_of(|| socket.socket().connect(["127.0.0.2", 1])));
        print(error_of(|| os.getenv("HOME")));
    "#;
    let all = ["--deny-read", "--deny-write", "--deny-net", "--deny-env"];
    let some = [
        "--deny-read=/usr",
        "--deny-write=/usr",
        "--deny-net=10.0.0.1",
        "--deny-env=SECRET",
    ];
    for (first, second) in [(all, some), (some, all)] {
        let options = first.iter().chain(&second);
        let script = options.fold(Script::text(code), |script, option| script.option(option));
        script.run().assert(
            0,
            "
            PermissionError: reading '/etc/hostname' is not allowed
            PermissionError: writing 'new' is not allowed
            PermissionError: connecting to '127.0.0.2:1' is not allowed
            PermissionError: reading the environment variable 'HOME' is not allowed
            ",
            "",
        );
    }
}

#[test]
fn what_must_not_be_written_is_not_made_by_moving_a_directory_there() {
    Script::text(
        r#"
        print(error_of(|| os.rename("x", "missing")));
        print(error_of(|| os.replace("x", "empty")));
        print(error_of(|| os.rename("x", "missing/")));
        print(error_of(|| os.rename("x", "other")));
        print(os.path.exists("missing"), os.listdir("empty"), os.listdir("other"));
        "#,
    )
    .beside("x/keys", "evil")
    .beside("empty/gone", "")
    .option("--deny-write=missing/keys")
    .option("--deny-write=empty/keys")
    .through_shell(r#"rm empty/gone && exec "$@""#)
    .run()
    .assert(
        0,
        "
        PermissionError: writing 'missing' is not allowed
        PermissionError: writing 'empty' is not allowed
        PermissionError: writing 'missing/' is not allowed
        no error
        False [] ['keys']
        ",
        "",
    );
}

#[test]
fn a_link_that_leads_nowhere_is_denied_with_what_it_would_lead_to() {
    let script = Script::text(
        r#"
        print(error_of(|| open("new", "w")));
        print(error_of(|| open("link", "w")));
        print(error_of(|| open("other", "w")));
        "#,
    );
    symlink("second", script.directory().join("link")).unwrap();
    symlink("new", script.directory().join("second")).unwrap();
    script.option("--deny-write=link").run().assert(
        0,
        "
        PermissionError: writing 'new' is not allowed
        PermissionError: writing 'link' is not allowed
        no error
        ",
        "",
    );
}

#[test]
fn a_directory_is_no_socket_whatever_lies_in_it() {
    let script = Script::text(
        r#"
        for path in ["sockets", "sockets/", "sockets/."] {
            print(error_of(|| socket.socket(socket.AF_UNIX).connect(path)));
        }
        "#,
    )
    .beside("sockets/file", "");
    // Each has the number that a descriptor may have.
    let path = |number: i32| script.directory().join(format!("sockets/{number}"));
    let _listeners: Vec<_> = (0..64)
        .map(|number| UnixListener::bind(path(number)).unwrap())
        .collect();
    script.option("--deny-net").run().assert(
        0,
        "
        ConnectionRefusedError: [Errno 111] Connection refused
        ConnectionRefusedError: [Errno 111] Connection refused: 'sockets/'
        ConnectionRefusedError: [Errno 111] Connection refused: 'sockets/.'
        ",
        "",
    );
}

#[test]
fn denying_a_host_denies_what_reaches_it_without_its_name() {
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = tcp.local_addr().unwrap().port();
    let free = UdpSocket::bind("127.0.0.1:0").unwrap();
    let other = free.local_addr().unwrap().port();
    drop(free);
    let script = Script::text(
        r#"
        let denied = int(sys.argv[1]);
        let other = int(sys.argv[2]);
        print(error_of(|| socket.socket(socket.AF_INET, 3, 1)));
        print(error_of(|| socket.socket(17, 3)));
        print(error_of(|| socket.socket(16, 3)));
        print(error_of(|| socket.socket(40, 1)));
        print(error_of(|| socket.socket(socket.AF_UNIX).bind(bytes([0, 65]))));
        for host in ["0.0.0.0", ""] {
            print(error_of(|| socket.socket().bind([host, denied])).replace(str(denied), "DENIED"));
        }
        print(error_of(|| socket.socket(socket.AF_INET6).bind(["::", denied])).replace(str(denied), "DENIED"));
        print(error_of(|| socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(["0.0.0.0", other])));
        "#,
    );
    let script = script
        .option(format!("--deny-net=127.0.0.1:{port}"))
        .arg(port.to_string())
        .arg(other.to_string());
    script.run().assert(
        0,
        "
        PermissionError: opening a socket of family 2 and type 3 is not allowed
        PermissionError: opening a socket of family 17 and type 3 is not allowed
        PermissionError: opening a socket of family 16 and type 3 is not allowed
        PermissionError: opening a socket of family 40 and type 1 is not allowed
        PermissionError: using a Unix socket that is not a file is not allowed
        PermissionError: listening on '0.0.0.0:DENIED' is not allowed
        PermissionError: listening on '0.0.0.0:DENIED' is not allowed
        PermissionError: listening on '[::]:DENIED' is not allowed
        no error
        ",
        "",
    );
}

#[test]
fn denying_a_host_at_every_port_denies_listening_everywhere() {
    Script::text(
        r#"
        print(error_of(|| socket.create_server(["", 0])));
        print(error_of(|| socket.socket().listen()));
        print(error_of(|| socket.create_server(["127.0.0.1", 0])));
        "#,
    )
    .option("--deny-net=10.0.0.1")
    .run()
    .assert(
        0,
        "
        PermissionError: listening on '0.0.0.0:0' is not allowed
        PermissionError: listening on '0.0.0.0:0' is not allowed
        no error
        ",
        "",
    );
}
