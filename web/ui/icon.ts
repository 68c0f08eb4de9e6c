/** A bell, readable at 16 pixels on light and dark tabs. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0a58a8"/><path fill="#fff" d="M16 5a2 2 0 0 1 2 2v.6a7 7 0 0 1 5 6.7V19l2.2 3.2c.5.7 0 1.8-.9 1.8H7.7c-.9 0-1.4-1.1-.9-1.8L9 19v-4.7a7 7 0 0 1 5-6.7V7a2 2 0 0 1 2-2zm-3 20.5h6a3 3 0 0 1-6 0z"/></svg>`;
