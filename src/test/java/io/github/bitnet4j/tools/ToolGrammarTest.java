package io.github.bitnet4j.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.constraint.ConstraintCompiler;
import io.github.bitnet4j.constraint.ConstraintMatcher;
import io.github.bitnet4j.constraint.Vocabularies;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.testing.GrammarText;
import io.github.bitnet4j.testing.SchemaJudge;
import io.github.bitnet4j.text.TokenType;
import io.github.bitnet4j.text.Tokenizer;
import io.github.bitnet4j.text.ToolDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ToolGrammarTest {
  private static final ToolDefinition WEATHER =
      new ToolDefinition(
          "get_weather",
          "",
          """
          {"type":"object","properties":{"city":{"type":"string","minLength":1,"maxLength":8},
          "days":{"type":"integer","minimum":1,"maximum":14}},"required":["city"],
          "additionalProperties":false}\
          """);
  private static final ToolDefinition NOW =
      new ToolDefinition("now", "", ToolDefinition.NO_PARAMETERS);
  private static final List<ToolDefinition> TOOLS = List.of(WEATHER, NOW);

  /** The token of the first byte in the vocabularies of the tests. */
  private static final int FIRST_BYTE = 3;

  /** Has no marks among its tokens. */
  private static final Tokenizer PLAIN = Vocabularies.withPieces();

  private static GrammarText texts(ToolForm form, ToolChoice choice, boolean parallel) {
    return new GrammarText(ToolGrammar.of(form, PLAIN.vocabulary(), TOOLS, choice, parallel));
  }

  @Test
  void aRequiredCallHasTheFormOfItsFamilyAndNothingElse() {
    var required = new ToolChoice.Required();
    var hermes = texts(ToolForm.HERMES, required, false);
    assertTrue(
        hermes.has(
            "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rom\"}}\n"
                + "</tool_call>"));
    assertTrue(hermes.has("<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>"));
    assertFalse(hermes.has("<tool_call>\n{\"name\": \"late\", \"arguments\": {}}\n</tool_call>"));
    assertFalse(
        hermes.has("<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {}}\n</tool_call>"));
    assertFalse(hermes.has("Hi"));
    var falcon = texts(ToolForm.FALCON3, required, false);
    assertTrue(
        falcon.has("<tool_call>\n[\n  {\"name\": \"now\", \"arguments\": {}}\n]\n</tool_call>"));
    var llama = texts(ToolForm.LLAMA3, required, false);
    assertTrue(llama.has("{\"name\": \"now\", \"parameters\": {}}"));
    assertFalse(llama.has("{\"name\": \"now\", \"arguments\": {}}"));
  }

  @Test
  void severalCallsAreAllowedOnRequest() {
    String call = "{\"name\": \"now\", \"arguments\": {}}";
    String two = "<tool_call>\n" + call + "\n</tool_call>\n<tool_call>\n" + call + "\n</tool_call>";
    assertTrue(texts(ToolForm.HERMES, new ToolChoice.Required(), true).has(two));
    assertFalse(texts(ToolForm.HERMES, new ToolChoice.Required(), false).has(two));
    String list = "<tool_call>\n[\n  " + call + ",\n  " + call + "\n]\n</tool_call>";
    assertTrue(texts(ToolForm.FALCON3, new ToolChoice.Required(), true).has(list));
    assertFalse(texts(ToolForm.FALCON3, new ToolChoice.Required(), false).has(list));
  }

  @Test
  void aNamedToolIsTheOnlyOneToBeCalled() {
    var texts = texts(ToolForm.LLAMA3, new ToolChoice.Named("now"), true);
    assertTrue(texts.has("{\"name\": \"now\", \"parameters\": {}}"));
    assertFalse(texts.has("{\"name\": \"get_weather\", \"parameters\": {\"city\":\"Rom\"}}"));
  }

  @Test
  void wordsAreFreeUntilTheMark() {
    var texts = texts(ToolForm.HERMES, new ToolChoice.Auto(), false);
    String call = "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";
    assertTrue(texts.has(""));
    assertTrue(texts.has("It is 3 < 4, <tool_cal and <<tool_cal!"));
    assertTrue(texts.has(call));
    assertTrue(texts.has("Let me see.\n" + call));
    assertTrue(texts.has("<<tool_" + call));
    assertFalse(texts.has("Let me see. <tool_call> no"));
    assertFalse(texts.has(call + " and words"));
  }

  @Test
  void whereNoCallIsAllowedThereAreWordsAlone() {
    var hermes = texts(ToolForm.HERMES, new ToolChoice.None(), true);
    assertTrue(hermes.has("{\"name\": \"now\"} <tool_"));
    assertFalse(hermes.has("<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>"));
    var llama = texts(ToolForm.LLAMA3, new ToolChoice.None(), true);
    assertTrue(llama.has("Hi"));
    assertFalse(llama.has("{\"name\": \"now\", \"parameters\": {}}"));
  }

  @Test
  void wordsInTheFormOfLlamaDoNotBeginWithABrace() {
    var texts = texts(ToolForm.LLAMA3, new ToolChoice.Auto(), false);
    assertTrue(texts.has("Hi {there}"));
    assertTrue(texts.has("{\"name\": \"now\", \"parameters\": {}}"));
    assertFalse(texts.has("{there}"));
  }

  @ParameterizedTest
  @EnumSource
  void aModelThatKnowsNothingOfToolsCallsThemInOrder(ToolForm form) throws Exception {
    var judge = new SchemaJudge(WEATHER.parametersJson());
    try (var model = BitNetModel.demo();
        var session = model.newSession()) {
      var grammar =
          ToolGrammar.of(
              form, model.tokenizer().vocabulary(), TOOLS, new ToolChoice.Required(), true);
      var constraint = model.constraints().compile(grammar);
      for (int seed = 0; seed < 20; seed++) {
        var options =
            GenerateOptions.sampling(SamplingOptions.DEFAULT.withSeed(seed))
                .withMaxTokens(150)
                .withConstraint(constraint);
        session.rewind(0);
        var generation = session.generate("Anna", options);
        var answer = ToolAnswer.parse(form, generation.text(), 0);
        assertTrue(generation.isComplete());
        assertFalse(answer.calls().isEmpty());
        for (var call : answer.calls()) {
          if (call.name().equals(WEATHER.name())) {
            assertEquals("", judge.problems(call.argumentsJson()));
          } else {
            assertEquals("now {}", call.name() + " " + call.argumentsJson());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TokenType.class,
      names = {"CONTROL", "USER_DEFINED"})
  void marksThatAreTokensAreWrittenAsThem(TokenType type) {
    var tokenizer = Vocabularies.withAdded(type, "<tool_call>", "</tool_call>");
    String call = "{\"name\": \"now\", \"arguments\": {}}";
    var required = new ToolChoice.Required();
    var hermes = matcher(tokenizer, ToolForm.HERMES, required);
    assertEquals(1, hermes.allowedTokens().length);
    accept(hermes, tokenizer, "<tool_call>", "\n" + call + "\n", "</tool_call>");
    assertTrue(hermes.isComplete());
    accept(hermes, tokenizer, "\n", "<tool_call>", "\n" + call + "\n", "</tool_call>");
    assertTrue(hermes.isComplete());
    var falcon = matcher(tokenizer, ToolForm.FALCON3, required);
    accept(falcon, tokenizer, "<tool_call>", "\n[\n  " + call + "\n]\n", "</tool_call>");
    assertTrue(falcon.isFinished());
  }

  @ParameterizedTest
  @EnumSource(
      value = TokenType.class,
      names = {"CONTROL", "USER_DEFINED"})
  void aMarkThatIsATokenMayComeAfterAnyWordsAndIsNotSpelled(TokenType type) {
    var tokenizer = Vocabularies.withAdded(type, "<tool_call>", "</tool_call>");
    var words = matcher(tokenizer, ToolForm.HERMES, new ToolChoice.Auto());
    for (String part : List.of("Hm. ", "<", "tool_call")) {
      var fork = words.fork();
      String call = "\n{\"name\": \"now\", \"arguments\": {}}\n";
      accept(fork, tokenizer, "<tool_call>", call, "</tool_call>");
      assertTrue(fork.isComplete());
      accept(words, tokenizer, part);
    }
    assertFalse(words.allows(token(tokenizer, ">")));
    accept(words, tokenizer, " and more");
  }

  @Test
  void whereNoCallIsAllowedTheTokenOfTheMarkIsNot() {
    var tokenizer = Vocabularies.withAdded(TokenType.CONTROL, "<tool_call>");
    var words = matcher(tokenizer, ToolForm.HERMES, new ToolChoice.None());
    assertFalse(words.allows(token(tokenizer, "<tool_call>")));
  }

  @Test
  void aCallInTheFormOfLlamaMayBeginWithItsTag() {
    var tokenizer = Vocabularies.withAdded(TokenType.CONTROL, "<|python_tag|>");
    for (var choice : List.of(new ToolChoice.Auto(), new ToolChoice.Required())) {
      var matcher = matcher(tokenizer, ToolForm.LLAMA3, choice);
      var fork = matcher.fork();
      accept(fork, tokenizer, "<|python_tag|>", "{\"name\": \"now\", \"parameters\": {}}");
      assertTrue(fork.isFinished());
      accept(matcher, tokenizer, "{\"name\": \"now\", \"parameters\": {}}");
      assertTrue(matcher.isFinished());
    }
  }

  private static ConstraintMatcher matcher(Tokenizer tokenizer, ToolForm form, ToolChoice choice) {
    var grammar = ToolGrammar.of(form, tokenizer.vocabulary(), TOOLS, choice, true);
    return new ConstraintCompiler(tokenizer).compile(grammar).newMatcher();
  }

  /** Takes texts, each as the token that is written so or, where there is none, byte by byte. */
  private static void accept(ConstraintMatcher matcher, Tokenizer tokenizer, String... texts) {
    for (String text : texts) {
      if (tokenizer.vocabulary().find(text).isPresent()) {
        matcher.accept(token(tokenizer, text));
      } else {
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
          matcher.accept(FIRST_BYTE + (value & 0xFF));
        }
      }
    }
  }

  private static int token(Tokenizer tokenizer, String text) {
    return tokenizer.vocabulary().find(text).getAsInt();
  }

  @ParameterizedTest
  @EnumSource
  void whatAGrammarDescribesIsReadBack(ToolForm form) {
    var texts = texts(form, new ToolChoice.Auto(), true);
    var random = new Random(5);
    for (int i = 0; i < 300; i++) {
      String text = texts.random(random, 12);
      boolean calls =
          form == ToolForm.LLAMA3 ? text.startsWith("{") : text.endsWith("</tool_call>");
      var answer = ToolAnswer.parse(form, text, 0);
      assertEquals(calls, !answer.calls().isEmpty(), text);
    }
  }

  @Test
  void whatCannotBeCalledIsRefused() {
    var auto = new ToolChoice.Auto();
    refused("there are no tools", List.of(), auto);
    refused("the same name", List.of(NOW, NOW), auto);
    refused(
        "there is no tool later; there are get_weather, now", TOOLS, new ToolChoice.Named("later"));
    refused(
        "the parameters of tool f: #/type: \"strng\" is no type",
        List.of(new ToolDefinition("f", "", "{\"type\":\"strng\"}")),
        auto);
    refused(
        "the parameters of tool f: # and object: no value obeys",
        List.of(new ToolDefinition("f", "", "{\"type\":\"string\"}")),
        auto);
  }

  private static void refused(String reason, List<ToolDefinition> tools, ToolChoice choice) {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> ToolGrammar.of(ToolForm.HERMES, PLAIN.vocabulary(), tools, choice, true));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }
}
