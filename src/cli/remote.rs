//! `procscript remote`: what there is on a server, and dead letters.

use anyhow::{Result, anyhow};
use clap::{Subcommand, ValueHint};
use procscript::{DeadLetter, RemoteCatalogue, RemoteObject};
use serde::Serialize;

use super::output;

#[derive(Debug, Subcommand)]
pub(crate) enum RemoteAction {
    /// List the queues, pools, locks and so on
    Ls {
        /// The server: redis://HOST[:PORT][/DATABASE], or a short name such as `main` for what PROCSCRIPT_REMOTE_MAIN says
        #[arg(value_hint = ValueHint::Url)]
        url: String,
        /// Print JSON: a list with an object for each
        #[arg(long)]
        json: bool,
    },
    /// Show dead letters, which are items that have killed too many processes; without NAME, what has any
    Dead {
        /// The server: redis://HOST[:PORT][/DATABASE], or a short name
        #[arg(value_hint = ValueHint::Url)]
        url: String,
        /// A queue, or a pool as `ls` names it
        name: Option<String>,
        /// Put them back into the queue
        #[arg(long, requires = "name", conflicts_with = "drop")]
        back: bool,
        /// Drop them
        #[arg(long, requires = "name")]
        drop: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn remote(action: &RemoteAction) -> Result<u8> {
    let (RemoteAction::Ls { url, .. } | RemoteAction::Dead { url, .. }) = action;
    let mut server = RemoteCatalogue::open(url).map_err(|why| anyhow!(why))?;
    let text = match action {
        RemoteAction::Ls { json, .. } => {
            list(&server.objects().map_err(|why| anyhow!(why))?, *json)?
        }
        RemoteAction::Dead {
            name,
            back,
            drop,
            json,
            ..
        } => dead(&mut server, name.as_deref(), (*back, *drop), *json)?,
    };
    output::print(&text)
}

fn dead(
    server: &mut RemoteCatalogue,
    name: Option<&str>,
    (back, drop): (bool, bool),
    json: bool,
) -> Result<String> {
    let Some(name) = name else {
        let mut objects = server.objects().map_err(|why| anyhow!(why))?;
        objects.retain(|object| object.dead > 0);
        return list(&objects, json);
    };
    if back || drop {
        let ended = match back {
            true => server.put_back(name),
            false => server.drop_dead(name),
        };
        let count = ended.map_err(|why| anyhow!(why))?;
        let done = if back { "put back" } else { "dropped" };
        return match json {
            true => as_json(&count),
            false => Ok(format!("{count} {done}\n")),
        };
    }
    let letters = server.dead_letters(name).map_err(|why| anyhow!(why))?;
    match json {
        true => as_json(&letters),
        false => Ok(letters.iter().map(line).collect()),
    }
}

fn line(letter: &DeadLetter) -> String {
    format!(
        "{}\n    {} deaths, the last of {}\n",
        letter.item, letter.deaths, letter.by
    )
}

fn list(objects: &[RemoteObject], json: bool) -> Result<String> {
    if json {
        return as_json(&objects);
    }
    let rows = objects.iter().map(|object| {
        let numbers = [object.waiting, object.in_hand, object.dead, object.members];
        let mut row = vec![object.name.clone(), object.kind.clone()];
        row.extend(numbers.map(|number| number.to_string()));
        row
    });
    let head = ["NAME", "KIND", "WAITING", "IN HAND", "DEAD", "MEMBERS"];
    let head = head.map(String::from).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).enumerate();
        let cells: Vec<String> = cells
            .map(|(column, (cell, width))| match column {
                0 | 1 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            })
            .collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    Ok(text)
}

fn as_json(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
