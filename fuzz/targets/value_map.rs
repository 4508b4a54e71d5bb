//! A value map reads or refuses every text, and maps every word to something
//! that it holds, or to the word.
#![no_main]

use jira_build_status::edit::assignment::ValueMap;

libfuzzer_sys::fuzz_target!(|texts: (&str, &str)| {
    let (text, word) = texts;
    match ValueMap::parse(text) {
        Ok(map) => {
            let mapped = map.apply(word);
            assert!(mapped.is_none_or(|mapped| mapped == word || text.contains(mapped)));
        }
        Err(piece) => assert!(text.contains(&piece)),
    }
});
