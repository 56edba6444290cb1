//! `procscript completions` and `procscript man`: describes the command line for shells and for `man`.

use anyhow::{Context, Result};
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use super::output;

/// Prints a completion script for a shell.
pub(crate) fn completions(mut command: Command, shell: Shell) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "procscript", &mut script);
    output::print(&String::from_utf8_lossy(&script))
}

/// Prints the man page, including the sections of the subcommands.
pub(crate) fn man(command: Command) -> Result<u8> {
    // `--help` is described only once.
    let command = command.mut_subcommands(|command| command.disable_help_flag(true));
    let page = Man::new(command.clone());
    let mut roff = part(|out| page.render_title(out))?;
    roff += &part(|out| page.render_name_section(out))?;
    roff += &part(|out| page.render_synopsis_section(out))?;
    roff += &part(|out| page.render_description_section(out))?;
    roff += &as_paragraphs(&part(|out| page.render_extra_section(out))?);
    roff += &part(|out| page.render_options_section(out))?;
    for command in command.get_subcommands() {
        roff += &subcommand(command)?;
    }
    roff += EXIT_STATUS;
    output::print(&roff)
}

/// One section with the description and the options of `procscript NAME`.
fn subcommand(command: &Command) -> Result<String> {
    let name = format!("procscript {}", command.get_name());
    let page = Man::new(command.clone().bin_name(name.clone()));
    let text = [
        part(|out| page.render_description_section(out))?,
        part(|out| page.render_synopsis_section(out))?,
        part(|out| page.render_options_section(out))?,
    ];
    let heading = format!(".SH \"{}\"\n", name.to_uppercase());
    Ok(format!("{heading}{}", as_paragraphs(&text.concat())))
}

/// Turns sections into paragraphs without headings.
fn as_paragraphs(sections: &str) -> String {
    let lines = sections.lines();
    let lines = lines.map(|line| {
        if line.starts_with(".SH ") {
            ".PP"
        } else {
            line
        }
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn part(render: impl Fn(&mut dyn std::io::Write) -> std::io::Result<()>) -> Result<String> {
    let mut text = Vec::new();
    render(&mut text).context("cannot create the man page")?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The exit codes, as in README.md.
const EXIT_STATUS: &str = ".SH \"EXIT STATUS\"
The code that the script passes to sys.exit; 1 after an uncaught error; 2 if the command line or a file is unusable;
130 after Ctrl\\-C.
";
