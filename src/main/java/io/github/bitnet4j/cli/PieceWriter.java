package io.github.bitnet4j.cli;

import io.github.bitnet4j.generate.Generation;
import io.github.bitnet4j.generate.Piece;
import io.github.bitnet4j.sampling.TokenLogprob;
import io.github.bitnet4j.sampling.TokenLogprobs;
import io.github.bitnet4j.text.ControlTokens;
import io.github.bitnet4j.text.Tokenizer;
import java.util.Optional;

/** Writes what is generated to standard output as it is made: the text, or lines of tokens. */
final class PieceWriter {
  private final Output out;
  private final Tokenizer tokenizer;
  private final boolean writesTokens;
  private boolean begun;
  private boolean lineEnded;

  /**
   * A writer for one generation.
   *
   * @param writesTokens whether to write the log-probabilities of tokens in place of the text
   */
  PieceWriter(Output out, Tokenizer tokenizer, boolean writesTokens) {
    this.out = out;
    this.tokenizer = tokenizer;
    this.writesTokens = writesTokens;
  }

  /** Writes the next piece, and before the first the tokens of the prompt, if asked for. */
  void write(Generation generation, Piece piece) {
    if (!writesTokens) {
      writeText(piece.text());
      return;
    }
    if (!begun) {
      begun = true;
      writePrompt(generation);
    }
    piece.logprobs().ifPresent(this::writeToken);
    out.flush();
  }

  /** Ends the output with a line break where there is none. */
  void finish(Generation generation) {
    if (writesTokens && !begun) {
      writePrompt(generation);
    } else if (!writesTokens && !lineEnded) {
      out.println("");
    }
    out.flush();
  }

  private void writeText(String text) {
    if (!text.isEmpty()) {
      out.print(text);
      out.flush();
      lineEnded = text.endsWith("\n");
    }
  }

  private void writePrompt(Generation generation) {
    int[] prompt = generation.prompt();
    int i = 0;
    for (Optional<TokenLogprobs> logprobs : generation.promptLogprobs()) {
      int token = prompt[i++];
      logprobs.ifPresentOrElse(this::writeToken, () -> writeLine("", token, "-"));
    }
  }

  private void writeToken(TokenLogprobs logprobs) {
    writeLine("", logprobs.chosen());
    logprobs.top().forEach(other -> writeLine("    ", other));
  }

  private void writeLine(String indent, TokenLogprob token) {
    writeLine(indent, token.token(), Text.format("%.6f", token.logprob()));
  }

  private void writeLine(String indent, int token, String logprob) {
    String text = Text.quote(tokenizer.decode(ControlTokens.SHOW, token));
    out.printf("%s%7d  %12s  %s\n", indent, token, logprob, text);
  }
}
