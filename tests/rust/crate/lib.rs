//! A crate whose modules lie wherever they may.
mod flat;
mod inner;
mod r#type;
mod gone;
#[path = "elsewhere/file.rs"]
mod moved;
#[cfg(windows)]
mod only_windows;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod sys;
#[cfg(feature = "later")]
mod later;
#[cfg_attr(loom, path = "unix.rs")]
#[cfg_attr(miri, path = "nowhere.rs")]
mod flagged;
#[cfg_attr(loom, path = "nowhere.rs")]
mod nowhere;
#[cfg(my_flag)]
mod flagged;
mod block {
    mod deep;
    #[path = "named"]
    mod other {
        mod leaf;
    }
}
#[path = "lib.rs"]
mod again;
