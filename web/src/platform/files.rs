//! Files that were dropped or chosen, with their paths inside dropped folders. Only handles are taken; nothing is read.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

use crate::engine::InputFile;

/// How deep folders are followed; a folder cannot contain itself, but a link can look so.
const DEEPEST: usize = 64;

/// The chosen files; those of a chosen folder carry their path in it.
pub(crate) fn chosen(list: &FileList) -> Vec<InputFile> {
    let given = |file: File| {
        let inside = js_sys::Reflect::get(&file, &JsValue::from_str("webkitRelativePath"));
        let inside = inside.ok().and_then(|p| p.as_string()).filter(|p| !p.is_empty());
        InputFile::new(inside.unwrap_or_else(|| file.name()), file)
    };
    (0..list.length()).filter_map(|i| list.get(i)).map(given).collect()
}

/// What a drop holds. The browser takes the list away when its event ends, so it is copied at once; folders are then
/// followed one by one.
pub(crate) struct Dropped {
    entries: Vec<FileSystemEntry>,
    files: Vec<InputFile>,
}

impl Dropped {
    /// Takes the entries out of the event.
    pub(crate) fn of(transfer: &DataTransfer) -> Dropped {
        let items = transfer.items();
        let mut entries = Vec::new();
        let mut files = Vec::new();
        for i in 0..items.length() {
            let Some(item) = items.get(i).filter(|item| item.kind() == "file") else { continue };
            // A file is taken as it is; only a folder needs its entry.
            match item.webkit_get_as_entry() {
                Ok(Some(entry)) if entry.is_directory() => entries.push(entry),
                _ => files
                    .extend(item.get_as_file().ok().flatten().map(|file| InputFile::new(file.name(), file))),
            }
        }
        if entries.is_empty() && files.is_empty() {
            files = transfer.files().map(|list| chosen(&list)).unwrap_or_default();
        }
        Dropped { entries, files }
    }

    /// All files, those inside folders included, ordered by path.
    pub(crate) async fn files(self) -> Vec<InputFile> {
        let mut found = self.files;
        let mut open: Vec<(FileSystemEntry, usize)> = self.entries.into_iter().map(|e| (e, 0)).collect();
        while let Some((entry, depth)) = open.pop() {
            let path = entry.full_path().trim_start_matches('/').to_owned();
            if entry.is_file() {
                let entry: FileSystemFileEntry = entry.unchecked_into();
                if let Some(file) = file(&entry).await {
                    found.push(InputFile::new(path, file));
                }
            } else if depth < DEEPEST {
                let folder: FileSystemDirectoryEntry = entry.unchecked_into();
                let reader = folder.create_reader();
                // A folder gives its entries in portions; an empty one says that it was the last.
                loop {
                    let portion = portion(&reader).await;
                    if portion.is_empty() {
                        break;
                    }
                    open.extend(portion.into_iter().map(|e| (e, depth + 1)));
                }
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }
}

async fn file(entry: &FileSystemFileEntry) -> Option<File> {
    let promise = Promise::new(&mut |done, _| {
        let failed = done.clone();
        let success = Closure::once_into_js(move |file: JsValue| {
            let _ = done.call1(&JsValue::NULL, &file);
        });
        let failure = Closure::once_into_js(move |_: JsValue| {
            let _ = failed.call0(&JsValue::NULL);
        });
        entry.file_with_callback_and_callback(success.unchecked_ref(), failure.unchecked_ref());
    });
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

async fn portion(reader: &FileSystemDirectoryReader) -> Vec<FileSystemEntry> {
    let promise = Promise::new(&mut |done, _| {
        let failed = done.clone();
        let success = Closure::once_into_js(move |entries: JsValue| {
            let _ = done.call1(&JsValue::NULL, &entries);
        });
        let failure = Closure::once_into_js(move |_: JsValue| {
            let _ = failed.call0(&JsValue::NULL);
        });
        let asked =
            reader.read_entries_with_callback_and_callback(success.unchecked_ref(), failure.unchecked_ref());
        // An error here leaves both callbacks uncalled; the promise must end all the same.
        if asked.is_err() {
            let _ = failed_now(&success);
        }
    });
    let answer = JsFuture::from(promise).await.unwrap_or(JsValue::UNDEFINED);
    let Ok(list) = answer.dyn_into::<Array>() else { return Vec::new() };
    list.iter().filter_map(|e| e.dyn_into().ok()).collect()
}

fn failed_now(callback: &JsValue) -> Result<JsValue, JsValue> {
    callback.unchecked_ref::<js_sys::Function>().call1(&JsValue::NULL, &JsValue::UNDEFINED)
}
