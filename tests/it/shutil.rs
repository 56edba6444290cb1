//! `shutil` and `glob`: files copied, moved, removed and found.

use std::os::unix::fs::PermissionsExt;

use super::support::script::{Script, prints};

#[test]
fn files_are_copied_with_their_permissions_and_times() {
    prints(
        r#"
        with open("a", "w") as f { f.write("text"); }
        os.system("chmod 640 a; touch -d @1000000000 a");
        print(shutil.copyfile("a", "b"), shutil.copy("a", "c"), shutil.copy2("a", "d"));
        for name in ["b", "c", "d"] {
            let about = os.stat(name);
            print(open(name).read(), "%o" % (about.st_mode & 511), about.st_mtime == 1000000000.0);
        }
        os.mkdir("dir");
        print(shutil.copy("a", "dir"), shutil.copy2("a", "dir/"), os.listdir("dir"));
        os.system("ln -s a link");
        print(error_of(|| shutil.copyfile("a", "link")));
        print(error_of(|| shutil.copyfile("a", "a")));
        print(error_of(|| shutil.copyfile("dir", "e")));
        print(error_of(|| shutil.copyfile("a", "dir")));
        print(error_of(|| shutil.copyfile("nothing", "e")));
        print(error_of(|| shutil.copyfile("a", "nowhere/e")));
        print(error_of(|| shutil.copyfile("/dev/null", "e")));
        print(error_of(|| shutil.copyfile(5, "e")));
        "#,
        "
        b c d
        text 644 False
        text 640 False
        text 640 True
        dir/a dir/a ['a']
        SameFileError: 'a' and 'link' are the same file
        SameFileError: 'a' and 'a' are the same file
        IsADirectoryError: [Errno 21] Is a directory: 'dir'
        IsADirectoryError: [Errno 21] Is a directory: 'dir'
        FileNotFoundError: [Errno 2] No such file or directory: 'nothing'
        FileNotFoundError: [Errno 2] No such file or directory: 'nowhere/e'
        OSError: '/dev/null' is not a regular file
        TypeError: expected str, bytes or os.PathLike object, not int
        ",
    );
}

#[test]
fn trees_are_copied_moved_and_removed() {
    prints(
        r#"
        os.makedirs("t/in/deep");
        for name in ["t/a", "t/in/b", "t/in/deep/c"] { with open(name, "w") as f { f.write(name); } }
        os.system("ln -s in/b t/link");
        print(shutil.copytree("t", "u"), os.path.islink("u/link"), open("u/link").read());
        print(shutil.copytree("t", "v", #{ symlinks: true }), os.path.islink("v/link"));
        print(error_of(|| shutil.copytree("t", "u")));
        print(shutil.copytree("t", "u", #{ dirs_exist_ok: true }));
        print(error_of(|| shutil.copytree("nothing", "w")), error_of(|| shutil.copytree("t/a", "w")));
        print(shutil.move("u", "v"), os.listdir("v"), os.path.exists("u"));
        print(shutil.move("t/a", "moved"), error_of(|| shutil.move("moved", "nowhere/x")));
        os.mkdir("v/moved");
        print(error_of(|| shutil.move("moved", "v")));
        os.system("ln -s t dirlink");
        print(error_of(|| shutil.rmtree("dirlink")), error_of(|| shutil.rmtree("moved")), error_of(|| shutil.rmtree("nothing")));
        shutil.rmtree("nothing", true);
        os.system("ln -s ../t v/inside");
        shutil.rmtree("v");
        print(os.path.exists("v"), os.listdir("t"));
        "#,
        "
        u False t/in/b
        v True
        FileExistsError: [Errno 17] File exists: 'u'
        u
        FileNotFoundError: [Errno 2] No such file or directory: 'nothing' NotADirectoryError: [Errno 20] Not a directory: 't/a'
        v/u ['a', 'in', 'link', 'u'] False
        moved FileNotFoundError: [Errno 2] No such file or directory: 'moved' -> 'nowhere/x'
        OSError: Destination path 'v/moved' already exists
        OSError: Cannot call rmtree on a symbolic link NotADirectoryError: [Errno 20] Not a directory: 'moved' FileNotFoundError: [Errno 2] No such file or directory: 'nothing'
        False ['in', 'link']
        ",
    );
}

#[test]
fn programs_and_sizes_are_found() {
    let script = Script::text(
        r#"
        print(shutil.which("sh") != None, shutil.which("nothing-of-that-name"), shutil.which("./tool"), shutil.which("tool", "."));
        print(shutil.which("plain", "."));
        let usage = shutil.disk_usage(".");
        print(usage.total > 0, usage.free <= usage.total, usage.keys());
        print(shutil.get_terminal_size(), shutil.get_terminal_size([10, 5]), error_of(|| shutil.get_terminal_size(5)));
        print(error_of(|| shutil.disk_usage("nothing")));
        "#,
    )
    .beside("tool", "")
    .beside("plain", "");
    let tool = script.directory().join("tool");
    std::fs::set_permissions(tool, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = script
        .through_shell("unset COLUMNS LINES; exec \"$@\"")
        .run();
    run.assert(
        0,
        "
        True None ./tool ./tool
        None
        True True ['free', 'total', 'used']
        {'columns': 80, 'lines': 24} {'columns': 10, 'lines': 5} TypeError: get_terminal_size() argument 'fallback' must be a list of two integers, not int
        FileNotFoundError: [Errno 2] No such file or directory: 'nothing'
        ",
        "",
    );
}

#[test]
fn names_fit_patterns_as_in_python() {
    prints(
        r#"
        os.makedirs("d/e/f");
        os.makedirs("d/.h");
        for name in ["a.txt", "b.txt", ".hidden", "d/c.txt", "d/e/x.py", "d/e/f/y.txt", "d/.h/z.txt", "[x]"] { open(name, "w").close(); }
        os.system("ln -s nowhere dangling");
        print(glob.glob("*.txt"), glob.glob("*"), glob.glob(".*"));
        print(glob.glob("?.txt"), glob.glob("[ab].txt"), glob.glob("[!a].txt"), glob.glob("a.txt"), glob.glob("nothing"));
        print(glob.glob("*/*.txt"), glob.glob("*/"), glob.glob("d/*/"), glob.glob("dangling"));
        print(glob.glob("**/*.txt", #{ recursive: true }));
        print(glob.glob("**", #{ recursive: true }));
        print(glob.glob("d/**", #{ recursive: true }));
        print(glob.glob("d/**/", #{ recursive: true }));
        print(glob.glob("**/*.txt"), glob.glob("*.txt", #{ root_dir: "d" }));
        print(glob.glob("**/*.txt", #{ root_dir: "d", recursive: true, include_hidden: true }));
        print(list(glob.iglob("*.txt")), glob.escape("[x]*?"), glob.glob(glob.escape("[x]")), glob.glob("[x"));
        print(glob.glob(os.getcwd() + "/a.*") == [os.getcwd() + "/a.txt"], glob.glob(""), glob.glob("/"));
        "#,
        "
        ['a.txt', 'b.txt'] ['[x]', 'a.txt', 'b.txt', 'd', 'dangling', 'main.rhai'] ['.hidden']
        ['a.txt', 'b.txt'] ['a.txt', 'b.txt'] ['b.txt'] ['a.txt'] []
        ['d/c.txt'] ['d/'] ['d/e/'] ['dangling']
        ['a.txt', 'b.txt', 'd/c.txt', 'd/e/f/y.txt']
        ['[x]', 'a.txt', 'b.txt', 'd', 'd/c.txt', 'd/e', 'd/e/f', 'd/e/f/y.txt', 'd/e/x.py', 'dangling', 'main.rhai']
        ['d/', 'd/c.txt', 'd/e', 'd/e/f', 'd/e/f/y.txt', 'd/e/x.py']
        ['d/', 'd/e/', 'd/e/f/']
        ['d/c.txt'] ['c.txt']
        ['c.txt', '.h/z.txt', 'e/f/y.txt']
        ['a.txt', 'b.txt'] [[]x][*][?] ['[x]'] []
        True [] ['/']
        ",
    );
}

#[test]
fn nothing_is_copied_or_found_outside_of_the_permissions() {
    let script = Script::text(
        r#"
        print(error_of(|| shutil.copyfile("/etc/passwd", "in/x")).split(":")[0]);
        print(error_of(|| shutil.copyfile("in/a", "out/x")).split(":")[0]);
        print(error_of(|| shutil.copytree("in", "out/x")).split(":")[0], error_of(|| shutil.rmtree("out")).split(":")[0]);
        print(error_of(|| shutil.copyfile("in/link", "in/x")).split(":")[0]);
        print(glob.glob("in/*"), error_of(|| glob.glob("out/*")).split(":")[0], error_of(|| glob.glob("in/link/*")).split(":")[0]);
        print(error_of(|| { os.environ["X"] = "y"; }).split(":")[0], shutil.copytree("in", "in2", #{ symlinks: true }));
        "#,
    )
    .beside("in/a", "text")
    .beside("out/b", "text");
    let directory = script.directory();
    std::os::unix::fs::symlink(directory.join("out"), directory.join("in/link")).unwrap();
    let run = script
        .option("--sandbox")
        .option("--allow-read=in")
        .option("--allow-write=in,in2")
        .run();
    run.assert(
        0,
        "
        PermissionError
        PermissionError
        PermissionError PermissionError
        PermissionError
        ['in/a', 'in/link'] PermissionError PermissionError
        PermissionError in2
        ",
        "",
    );
}
