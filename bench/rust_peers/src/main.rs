// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parses every file of a list with one parser and prints: files, bytes, files with errors, seconds
//! of processor time.
//!
//! usage: rust_peers syn|tree-sitter|rust-analyzer LIST   (lines "EDITION<tab>FILE")
use cpu_time::ProcessTime;
use ra_ap_syntax::{Edition, SourceFile};

fn main() {
    let mut args = std::env::args().skip(1);
    let (peer, list) = (args.next().expect("peer"), args.next().expect("list"));
    let list = std::fs::read_to_string(list).expect("list");
    let mut sitter = tree_sitter::Parser::new();
    sitter.set_language(&tree_sitter_rust::LANGUAGE.into()).expect("language");
    let (mut files, mut bytes, mut errors, mut seconds) = (0u64, 0u64, 0u64, 0f64);
    for line in list.lines() {
        let (edition, path) = line.split_once('\t').expect("tab");
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let edition = match edition {
            "2015" => Edition::Edition2015,
            "2018" => Edition::Edition2018,
            "2021" => Edition::Edition2021,
            _ => Edition::Edition2024,
        };
        let start = ProcessTime::now();
        let bad = match peer.as_str() {
            "syn" => syn::parse_file(&text).is_err(),
            "tree-sitter" => sitter.parse(&text, None).map_or(true, |t| t.root_node().has_error()),
            "rust-analyzer" => !SourceFile::parse(&text, edition).errors().is_empty(),
            _ => panic!("no such peer"),
        };
        seconds += start.elapsed().as_secs_f64();
        files += 1;
        bytes += text.len() as u64;
        errors += bad as u64;
    }
    println!("{files} {bytes} {errors} {seconds:.4}");
}
