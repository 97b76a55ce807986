// Discord's numbers for the parts of a message, as far as the page draws them.
export const COMPONENT = {
  row: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  userSelect: 5,
  roleSelect: 6,
  mentionableSelect: 7,
  channelSelect: 8,
  section: 9,
  text: 10,
  thumbnail: 11,
  gallery: 12,
  file: 13,
  separator: 14,
  container: 17,
  label: 18,
  fileUpload: 19,
  radios: 21,
  checkboxes: 22,
  checkbox: 23,
} as const;

export const BUTTON_STYLE = ['', 'primary', 'secondary', 'success', 'danger', 'link', 'premium'] as const;
