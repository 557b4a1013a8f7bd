// SPDX-License-Identifier: Apache-2.0

export type FeedbackSignal =
  | "thumbs_up" | "thumbs_down" | "edit" | "rating" | "retry" | "copy" | "accept" | "abandon" | "follow_up";

/** Every text that a reader sees, by name; a language may leave some out. */
export type FeedbackStrings = Partial<
  Record<
    | "group" | "up" | "down" | "edit" | "comment" | "retry" | "undo" | "correction" | "remark" | "send" | "cancel" | "sent"
    | "queued" | "withdrawn" | "unchanged" | "empty" | "unkept" | "expired" | "gone" | "long" | "refused",
    string
  >
>;

/** The detail of the element's events: ids and kinds, never what was written. */
export interface FeedbackDetail {
  id: string;
  interaction: string;
  signal: FeedbackSignal | "take_back";
  status?: number;
  stored?: boolean;
}

/** `<flywheel-feedback interaction token endpoint? answer-for? answer? controls? track-copy? lang? text-…?>` */
export class FlywheelFeedback extends HTMLElement {
  static strings: Record<string, FeedbackStrings>;
  /** The answer's text, where a correction starts; for pages that show rendered Markdown. */
  answer?: string;
  /** Texts of this element alone; call `refresh()` after a change. */
  strings?: FeedbackStrings;
  readonly interaction: string;
  /** Send a signal about the answer; returns the feedback's id. */
  send(signal: FeedbackSignal, texts?: { correction?: string; comment?: string }): string;
  /** Withdraw every vote and correction on this answer. */
  takeBack(): void;
  /** Bring labels and buttons up to date. */
  refresh(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "flywheel-feedback": FlywheelFeedback;
  }

  interface DocumentEventMap {
    "flywheel-sent": CustomEvent<FeedbackDetail>;
    "flywheel-queued": CustomEvent<FeedbackDetail>;
    "flywheel-error": CustomEvent<FeedbackDetail>;
    "flywheel-retry": CustomEvent<Pick<FeedbackDetail, "id" | "interaction">>;
  }

  interface HTMLElementEventMap {
    "flywheel-sent": CustomEvent<FeedbackDetail>;
    "flywheel-queued": CustomEvent<FeedbackDetail>;
    "flywheel-error": CustomEvent<FeedbackDetail>;
    "flywheel-retry": CustomEvent<Pick<FeedbackDetail, "id" | "interaction">>;
  }
}
