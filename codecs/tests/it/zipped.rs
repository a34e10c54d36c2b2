//! Members of zip archives that are compressed otherwise than with Deflate.

use logloupe_core::ingest::{ErrorKind, Limits, State};

use crate::packed::{failed, lines, read, run, told, zip};

/// The programs and their methods (APPNOTE 4.4.5).
const METHODS: [(&str, u16); 4] = [("bzip2", 12), ("zstd", 93), ("zstd", 20), ("xz", 95)];

fn packed(program: &str, content: &[u8]) -> Option<Vec<u8>> {
    run(program, &["-c", "-q"], content)
}

#[test]
fn members_are_read_and_what_is_damaged_is_named() {
    let (content, other) = (lines(300), lines(20));
    for (program, method) in METHODS {
        let Some(data) = packed(program, &content) else { continue };
        let mut wrong = data.clone();
        let middle = wrong.len() / 2;
        wrong[middle..middle + 30].fill(0xff);
        let archive = zip(&[
            ("a.log", method, 0, &data, &content),
            ("wrong.log", method, 0, &wrong, &content),
            ("cut.log", method, 0, &data[..data.len() - 3], &content),
            ("sum.log", method, 0, &data, &other),
            ("secret.log", method, 1, &data, &content),
            ("unsized.log", method, 8, &data, &content),
            ("z.log", method, 0, &data, &content),
        ]);
        let (rows, ledger) = read(&archive, usize::MAX, Limits::default());
        for piece in [1, 61, 4096] {
            let (cut, cut_ledger) = read(&archive, piece, Limits::default());
            assert_eq!(told(&cut_ledger), told(&ledger), "{program}");
            assert!(cut == rows, "{program}");
        }
        let found: Vec<(&str, Option<ErrorKind>)> = ledger
            .iter()
            .map(|entry| match &entry.state {
                State::Failed(error) => (entry.source.as_str(), Some(error.kind)),
                _ => (entry.source.as_str(), None),
            })
            .collect();
        let expected = [
            ("a.log/a.log", None),
            ("a.log/wrong.log", Some(ErrorKind::Corrupt)),
            ("a.log/cut.log", Some(ErrorKind::Truncated)),
            ("a.log/sum.log", Some(ErrorKind::Corrupt)),
            ("a.log/secret.log", Some(ErrorKind::Unsupported)),
            ("a.log/unsized.log", Some(ErrorKind::Unsupported)),
            ("a.log/z.log", None),
        ];
        assert_eq!(found, expected, "{program}");
        assert_eq!(failed(&ledger[4]).1, "it is encrypted; unpack it first");
        assert_eq!(failed(&ledger[5]).1, "it is stored without a stated size");
        assert_eq!((ledger[0].rows, ledger[3].rows, ledger[6].rows), (300, 300, 300), "{program}");
        assert_eq!((ledger[0].bytes, ledger[0].bytes_stored), (content.len() as u64, data.len() as u64));
    }
}

#[test]
fn an_archive_that_is_cut_gives_what_the_codec_held_back() {
    let content = lines(5000);
    let Some(data) = packed("zstd", &content) else { return };
    let archive = zip(&[("a.log", 93, 0, &data, &content)]);
    let (rows, ledger) = read(&archive[..archive.len() - data.len() / 4], 1000, Limits::default());
    assert!(rows.len() > 2000 && rows.len() < 5000, "{}", rows.len());
    assert_eq!((failed(&ledger[0]).0, failed(&ledger[1]).0), (ErrorKind::Truncated, ErrorKind::Truncated));
}

#[test]
fn a_bomb_in_an_archive_is_stopped() {
    let bomb = vec![b'\n'; 16 << 20];
    let limits = Limits { ratio: 15, ratio_from: 1 << 20, ..Limits::default() };
    for (program, method) in METHODS {
        let Some(data) = packed(program, &bomb) else { continue };
        let (_, ledger) = read(&zip(&[("bomb", method, 0, &data, &bomb)]), 1000, limits.clone());
        let last = ledger.last().expect("the file is accounted for");
        assert_eq!(failed(last).0, ErrorKind::Limit, "{program}: {ledger:?}");
    }
}

#[test]
fn archives_of_python_are_read() {
    let script = "import io, sys, zipfile
content, out = sys.stdin.buffer.read(), io.BytesIO()
with zipfile.ZipFile(out, 'w') as archive:
    archive.writestr('a.log', content, zipfile.ZIP_BZIP2)
    archive.writestr('b.log', content, zipfile.ZIP_LZMA)
    archive.writestr('c.log', content, zipfile.ZIP_DEFLATED)
sys.stdout.buffer.write(out.getvalue())
";
    let Some(archive) = run("python3", &["-c", script], &lines(300)) else { return };
    let (rows, ledger) = read(&archive, 777, Limits::default());
    assert_eq!((rows.len(), ledger.len()), (600, 3), "{ledger:?}");
    assert_eq!(failed(&ledger[1]), (ErrorKind::Unsupported, "its compression (LZMA) is not read here"));
}
