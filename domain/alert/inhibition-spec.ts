/** Documents of kind Inhibition. */

/** Equal to the text, or to one of the list. Names: the fields of matchers, else names of labels. */
export type FieldValues = Readonly<Record<string, string | string[]>>;

/** While an alert that matches `when` fires, alerts that match `mutes` are held. */
export interface InhibitionSpec {
  when: FieldValues;
  mutes: FieldValues;
  /** Labels that both alerts have, with the same value. A label that one of them lacks is not equal. */
  equal: string[];
}
