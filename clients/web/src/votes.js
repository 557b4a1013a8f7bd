// SPDX-License-Identifier: Apache-2.0
// The current votes on an interaction: ids and kinds, no text, so that they can be withdrawn after a reload.

import { drop, isStale, keys, read, write } from "./storage.js";

const VOTES = "flywheel-feedback/votes/";

/** The votes on an interaction, oldest first; the last one counts. */
export const votesOn = (interaction) => read(VOTES + interaction)?.votes ?? [];

export function keepVotes(interaction, votes) {
  if (votes.length) write(VOTES + interaction, { at: Date.now(), votes });
  else drop(VOTES + interaction);
}

/** Forget the votes whose token has expired: they cannot be withdrawn from here any more. */
export function forgetOldVotes() {
  for (const key of keys(VOTES)) if (isStale(read(key) ?? {})) drop(key);
}

/** Update the votes after a queued item's result. */
export function settleVote(outcome, { id, interaction, method, was }) {
  const votes = votesOn(interaction);
  if (outcome === "error" && was) keepVotes(interaction, [was, ...votes]);
  else if (outcome === "unkept" || (outcome === "error" && method === "POST")) {
    keepVotes(interaction, votes.filter((vote) => vote.id !== id));
  }
}
