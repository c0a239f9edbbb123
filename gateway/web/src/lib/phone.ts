// Whether a number has the shape of one that a courier can dial: the rule of the server, told before
// the order is sent. Pure, so that it can be tested.

/** What an extension may stand behind: privacy numbers of platforms have one. */
const EXTENSION = /^([^,，_#xX转]*)[,，_#xX转]\s*(\d{1,6})\s*$/;

export function isDialable(text: string): boolean {
  const extended = EXTENSION.exec(text);
  if (!extended && /[,，_#xX转]/.test(text)) return false;
  const number = (extended?.[1] ?? text).trim().replace(/[ ()（）]/g, '');
  if (isNumber(number)) return true;
  const behind = /^(.*)-(\d{1,6})$/.exec(number);
  return !extended && behind?.[1] !== undefined && isNumber(behind[1]);
}

function isNumber(text: string): boolean {
  const digits = text.replaceAll('-', '');
  if (digits.startsWith('+86')) return isMainland(digits.slice(3));
  if (digits.startsWith('+')) return /^\d{7,15}$/.test(digits.slice(1));
  return isMainland(digits.replace(/^0086/, ''));
}

/** A mobile, a landline with its area code, a service number. */
function isMainland(digits: string): boolean {
  return /^(1[3-9]\d{9}|0[1-9]\d{8,10}|[48]00\d{7}|95\d{3,14})$/.test(digits);
}
