//! Archives for the tests, written here so that they can be damaged in known places.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use flate2::{
    Compression, Crc,
    write::{DeflateEncoder, GzEncoder},
};

/// One gzip member.
pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

/// A zip of these files, deflated; and where each one's compressed bytes begin.
pub(crate) fn zip<N: AsRef<str>, C: AsRef<[u8]>>(files: &[(N, C)]) -> (Vec<u8>, Vec<usize>) {
    let (mut out, mut directory, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (name, content) in files {
        let (name, content) = (name.as_ref().as_bytes(), content.as_ref());
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).expect("memory takes everything");
        let packed = encoder.finish().expect("memory takes everything");
        let mut crc = Crc::new();
        crc.update(content);
        let mut header = Vec::new();
        header.extend([20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0x58]);
        header.extend(crc.sum().to_le_bytes());
        header.extend((packed.len() as u32).to_le_bytes());
        header.extend((content.len() as u32).to_le_bytes());
        header.extend((name.len() as u16).to_le_bytes());
        header.extend([0, 0]);
        let at = out.len() as u32;
        out.extend(b"PK\x03\x04");
        out.extend(&header);
        out.extend(name);
        places.push(out.len());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&header);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name);
    }
    let (start, count) = (out.len() as u32, files.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    (out, places)
}

/// What this program makes of `content`; `None` where it is not there, which is said.
pub(crate) fn compress(program: &str, content: &[u8]) -> Option<Vec<u8>> {
    let child = Command::new(program).args(["-c", "-q"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        logloupe_tests::skip::skip(&format!("there is no {program}"));
        return None;
    };
    let mut stdin = child.stdin.take().expect("it is piped");
    let content = content.to_vec();
    let feeding = std::thread::spawn(move || stdin.write_all(&content).expect("it reads all"));
    let output = child.wait_with_output().expect("it ends");
    feeding.join().expect("feeding does not panic");
    Some(output.stdout)
}

/// A gzip that inflates to ten gigabytes of zeros.
pub(crate) fn bomb() -> Vec<u8> {
    // One flushed run of zeros stands alone, so it can be repeated as it is.
    const RUN: usize = 10 << 20;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; RUN]).expect("memory takes everything");
    encoder.flush().expect("memory takes everything");
    let run = encoder.get_ref().clone();
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for _ in 0..(10 << 30) / RUN {
        bomb.extend(&run);
    }
    bomb.extend([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bomb
}
