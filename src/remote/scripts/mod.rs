//! What the server does in one step: scripts in Lua, each with a comment about its arguments and its answer.

use std::sync::LazyLock;

use redis::Script;

macro_rules! scripts {
    ($($(#[doc = $about:literal])* $name:ident = $($file:literal)+;)*) => {
        $(
            $(#[doc = $about])*
            pub(super) static $name: LazyLock<Script> =
                LazyLock::new(|| Script::new(concat!($(include_str!($file)),+)));
        )*
    };
}

scripts! {
    /// Makes a member of an object of whoever opens it.
    OPEN = "settle.lua" "open.lua";
    /// Puts items, each once, however often it is called.
    PUT = "put.lua";
    /// Removes items that are done, and takes others.
    TAKE = "take.lua";
    /// What a queue holds, and the word that changes when its tasks are done.
    LOOK = "look.lua";
    /// Ends a member: what it has in hand goes back.
    REMOVE = "remove.lua";
    /// Adds tasks of a pool, and removes results that were seen.
    SUBMIT = "submit.lua";
    /// Withdraws a task of a pool that no worker has begun.
    CANCEL = "cancel.lua";
    /// Ends a task of a pool, and takes another.
    WORK = "work.lua";
    /// Puts dead letters back, or drops them.
    REVIVE = "revive.lua";
    /// Locks and semaphores.
    LINE = "line.lua";
    /// Makes an object that nobody owns a part of, and gives its settings.
    VISIT = "settle.lua" "visit.lua";
    /// Events.
    EVENT = "event.lua";
    /// Numbers with a lock.
    NUMBER = "number.lua";
    /// Dicts.
    DICT = "answers.lua" "dict.lua";
    /// Lists.
    LIST = "answers.lua" "list.lua";
    /// Shows that members live, and shows a sweeper who does not.
    BEAT = "beat.lua";
}
