package io.github.bitnet4j.tools;

import io.github.bitnet4j.constraint.json.NotJson;
import io.github.bitnet4j.text.ControlTokens;
import io.github.bitnet4j.text.TokenType;
import io.github.bitnet4j.text.Tokenizer;
import io.github.bitnet4j.text.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a model answered when it was offered tools. Immutable.
 *
 * @param content what it said in words; may be empty
 * @param calls what it called, in order; mostly none
 */
public record ToolAnswer(String content, List<ToolCall> calls) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  public ToolAnswer {
    calls = List.copyOf(calls);
  }

  /**
   * Reads an answer, whether it was held to a grammar or not. White space is as the model likes,
   * and either of {@code arguments} and {@code parameters} is taken. Names are not looked up.
   *
   * @param callsBefore calls earlier in the chat: the ids are {@code call_} and a number that goes
   *     on from there
   * @throws IllegalArgumentException if a call is not JSON, cut off, or has no name or no object of
   *     arguments; the message names the call and, for JSON, line and column within the answer
   */
  public static ToolAnswer parse(ToolForm form, String answer, int callsBefore) {
    var reader = new Reader(answer, callsBefore);
    return form == ToolForm.LLAMA3 ? reader.unmarked() : reader.marked();
  }

  /**
   * Reads an answer from its tokens as {@link #parse(ToolForm, String, int)} does. Control tokens
   * that mark calls are seen here even where they are not part of the text, as in an answer that
   * was not held to a grammar.
   *
   * @throws IllegalArgumentException as there, or if a token is outside the vocabulary
   */
  public static ToolAnswer parse(
      ToolForm form, Tokenizer tokenizer, int[] tokens, int callsBefore) {
    var vocabulary = tokenizer.vocabulary();
    int[] seen =
        IntStream.of(tokens)
            .filter(t -> vocabulary.type(t) != TokenType.CONTROL || form.isMark(vocabulary, t))
            .toArray();
    return parse(form, tokenizer.decode(ControlTokens.SHOW, seen), callsBefore);
  }

  /** Reads one answer. */
  private static final class Reader {
    private final String answer;
    private final int callsBefore;
    private final List<ToolCall> calls = new ArrayList<>();

    /** Where the value that was read last ends. */
    private int end;

    Reader(String answer, int callsBefore) {
      this.answer = answer;
      this.callsBefore = callsBefore;
    }

    /** An answer that begins with an object is a call, unless the object is no call at all. */
    ToolAnswer unmarked() {
      int start = afterSpace(0);
      if (answer.startsWith(ToolForm.PYTHON_TAG, start)) {
        start = afterSpace(start + ToolForm.PYTHON_TAG.length());
      }
      if (!answer.startsWith("{", start)) {
        return new ToolAnswer(answer, calls);
      }
      var object = value(start);
      if (!object.has("name") || argumentsOf(object).isEmpty()) {
        return new ToolAnswer(answer, calls);
      }
      add(object);
      return new ToolAnswer(answer.substring(end).strip(), calls);
    }

    ToolAnswer marked() {
      var content = new StringBuilder();
      int at = 0;
      for (int mark = find(0); mark >= 0; mark = find(at)) {
        content.append(answer, at, mark);
        var value = value(mark + ToolForm.MARK.length());
        if (value.isArray()) {
          value.forEach(this::add);
        } else {
          add(value);
        }
        at = afterEndMark();
      }
      content.append(answer.substring(at));
      return new ToolAnswer(calls.isEmpty() ? answer : content.toString().strip(), calls);
    }

    private int find(int from) {
      return answer.indexOf(ToolForm.MARK, from);
    }

    private int afterEndMark() {
      int next = afterSpace(end);
      if (!answer.startsWith(ToolForm.END_MARK, next)) {
        throw new IllegalArgumentException(
            "call %d has no %s behind it".formatted(calls.size(), ToolForm.END_MARK));
      }
      return next + ToolForm.END_MARK.length();
    }

    private int afterSpace(int from) {
      int next = from;
      while (next < answer.length() && Character.isWhitespace(answer.charAt(next))) {
        next++;
      }
      return next;
    }

    private JsonNode value(int start) {
      // Blanks keep lines and columns those of the whole answer.
      String before = answer.substring(0, start).replaceAll("[^\\n]", " ");
      try (JsonParser parser = MAPPER.createParser(before + answer.substring(start))) {
        JsonNode value = MAPPER.readTree(parser);
        if (value == null || value.isMissingNode()) {
          throw new IllegalArgumentException("call %d is cut off".formatted(calls.size() + 1));
        }
        end = (int) parser.currentLocation().getCharOffset();
        return value;
      } catch (JacksonException e) {
        throw new IllegalArgumentException(
            NotJson.message("call %d".formatted(calls.size() + 1), e), e);
      }
    }

    private void add(JsonNode call) {
      int number = calls.size() + 1;
      if (!call.path("name").isString()) {
        throw new IllegalArgumentException(
            "call %d has no \"name\" that is a string".formatted(number));
      }
      var arguments =
          argumentsOf(call)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "call %d has no \"arguments\" that are an object".formatted(number)));
      calls.add(
          new ToolCall(
              "call_" + (callsBefore + number),
              call.path("name").stringValue(),
              arguments.toString()));
    }

    private static Optional<JsonNode> argumentsOf(JsonNode call) {
      return Optional.of(call.has("arguments") ? call.path("arguments") : call.path("parameters"))
          .filter(JsonNode::isObject);
    }
  }
}
