package io.github.bitnet4j.cli;

import io.github.bitnet4j.text.ToolCall;
import io.github.bitnet4j.text.ToolDefinition;
import io.github.bitnet4j.tools.ToolForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model may call.
 *
 * @param form in which it does
 */
record OfferedTools(List<ToolDefinition> definitions, ToolForm form) {
  /** Calls in the form of OpenAI's API. */
  static List<Object> toTree(List<ToolCall> calls) {
    return calls.stream().<Object>map(OfferedTools::toTree).toList();
  }

  private static Map<String, Object> toTree(ToolCall call) {
    var function = new LinkedHashMap<String, Object>();
    function.put("name", call.name());
    function.put("arguments", call.argumentsJson());
    var tree = new LinkedHashMap<String, Object>();
    tree.put("id", call.id());
    tree.put("type", "function");
    tree.put("function", function);
    return tree;
  }
}
