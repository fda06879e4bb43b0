package io.github.bitnet4j.generate;

import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.session.Session;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.text.ChatMessage;
import io.github.bitnet4j.text.ChatTemplate;
import io.github.bitnet4j.text.EncodeOptions;
import io.github.bitnet4j.text.Tokenizer;
import io.github.bitnet4j.text.ToolDefinition;
import java.util.Arrays;
import java.util.List;

/**
 * A session that speaks: it continues text and answers in a chat. The same rules hold as for {@link
 * Session}: one caller at a time.
 */
public final class TextSession extends Session {
  private final Tokenizer tokenizer;
  private final ChatTemplate template;

  /** Opens an empty session on a model with its tokenizer and the form of its chats. */
  public TextSession(
      Model model, SessionOptions options, Tokenizer tokenizer, ChatTemplate template) {
    super(model, options);
    this.tokenizer = tokenizer;
    this.template = template;
  }

  /**
   * Continues the session with a text and what the model makes of it. At the start of a session the
   * text is encoded as the model file says, with BOS if it says so; later nothing is added. Texts
   * of control tokens in it are ordinary text.
   *
   * @throws IllegalArgumentException if there is nothing to start from: the text is empty, and the
   *     model begins with no BOS
   */
  public Generation generate(String text, GenerateOptions options) {
    EncodeOptions encoding =
        position() == 0
            ? EncodeOptions.DEFAULT.withEos(false)
            : EncodeOptions.TEXT_ONLY.withContinuesText(true);
    return generate(tokenizer.encode(text, encoding), options);
  }

  /** Continues the session with tokens and what the model makes of them. */
  public Generation generate(int[] tokens, GenerateOptions options) {
    if (tokens.length == 0 && position() == 0) {
      throw new IllegalArgumentException(
          "the prompt is empty and the model begins with no BOS token; give it some text");
    }
    return new Generation(this, tokenizer, tokens.clone(), 0, options);
  }

  /**
   * Answers a chat. What the session already holds of it is not computed again: pass all messages
   * every time, and only the new ones cost anything, unless log-probabilities of the prompt are
   * asked for: then all of it is computed. Whatever else the session held is forgotten.
   *
   * @param messages the chat so far, oldest first
   */
  public Generation chat(List<ChatMessage> messages, GenerateOptions options) {
    return chat(messages, List.of(), options);
  }

  /**
   * Answers a chat, as {@link #chat(List, GenerateOptions)} does, in which the model may call
   * tools.
   *
   * @throws IllegalArgumentException if there are tools and the model's chat template {@linkplain
   *     ChatTemplate#takesTools takes none}
   */
  public Generation chat(
      List<ChatMessage> messages, List<ToolDefinition> tools, GenerateOptions options) {
    int[] prompt = template.encode(tokenizer, messages, tools, true);
    int[] held = tokens();
    int mismatch = Arrays.mismatch(held, prompt);
    int common = mismatch < 0 ? prompt.length : mismatch;
    boolean whole = options.logprobs().filter(LogprobOptions::prompt).isPresent();
    int reused = whole ? 0 : Math.min(common, prompt.length - 1);
    rewind(reused);
    int[] rest = Arrays.copyOfRange(prompt, reused, prompt.length);
    return new Generation(this, tokenizer, rest, reused, options);
  }

  @Override
  public TextSession fork() {
    return copyInto(new TextSession(model(), options(), tokenizer, template));
  }
}
