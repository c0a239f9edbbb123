// Tables as files: what kinds there are, and how one is kept.

export const MEDIA = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** By its name; what is no CSV is read as a workbook. */
export function mediaOf(file: File): string {
  return file.name.toLowerCase().endsWith('.csv') ? MEDIA.csv : MEDIA.xlsx;
}

/** Saves something under a name. */
export function keep(what: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(what);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
