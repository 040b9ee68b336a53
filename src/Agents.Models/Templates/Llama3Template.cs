using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Agents.Models.Templates;

/// <summary>
/// Llama 3: every turn is a header with the role, an empty line, the trimmed content, and <c>&lt;|eot_id|&gt;</c>. From 3.1 on a system turn
/// with two dates always comes first, and results of tools have the role "ipython" and are written as a JSON string.
/// </summary>
public sealed class Llama3Template : BuiltInTemplate
{
    private const string Bos = "<|begin_of_text|>";
    private const string StartHeader = "<|start_header_id|>";
    private const string EndHeader = "<|end_header_id|>";
    private const string End = "<|eot_id|>";

    // The published template's own date when its caller gives none; a fixed one keeps prompts reproducible.
    private const string Dates = "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n";
    private const string Environment = "Environment: ipython\n";
    private readonly bool _withDates;

    /// <param name="withDates">True for Llama 3.1 and later, false for Llama 3.</param>
    internal Llama3Template(bool withDates)
        : base(withDates ? "llama3.1" : "llama3", withDates ? [End, "<|eom_id|>", "<|end_of_text|>"] : [End, "<|end_of_text|>"])
    {
        _withDates = withDates;
    }

    private protected override void Write(PromptBuilder prompt, IReadOnlyList<ChatTurn> turns, TemplateInput input)
    {
        prompt.Control(Bos);
        int first = 0;
        if (_withDates)
        {
            bool given = turns[0].Role == TurnRoles.System;
            first = given ? 1 : 0;
            WriteHeader(prompt, TurnRoles.System).Template((input.Tools.Count > 0 ? Environment : string.Empty) + Dates).Content(given ? turns[0].Content.Trim() : string.Empty).Control(End);
        }

        for (int i = first; i < turns.Count; i++)
        {
            WriteTurn(prompt, turns[i]);
        }

        if (input.AddGenerationPrompt)
        {
            WriteHeader(prompt, TurnRoles.Assistant);
        }
    }

    /// <summary>Tools stand in front of the first turn's question.</summary>
    private protected override void AddTools(List<ChatTurn> turns, IReadOnlyList<JsonElement> tools)
    {
        int question = turns[0].Role == TurnRoles.System ? 1 : 0;
        if (question == turns.Count)
        {
            throw new ChatTemplateException($"The chat template '{Name}' describes tools in the first question, and the conversation has none.");
        }

        StringBuilder text = new("Given the following functions, please respond with a JSON for a function call with its proper arguments that best answers the given prompt.\n\n");
        text.Append("Respond in the format {\"name\": function name, \"parameters\": dictionary of argument name and its value}.Do not use variables.\n\n");
        foreach (JsonElement tool in tools)
        {
            text.Append(TemplateJson.Lines(tool)).Append("\n\n");
        }

        turns[question] = turns[question] with { Content = text.Append(turns[question].Content.Trim()).ToString() };
    }

    private protected override string WriteCalls(ChatTurn turn)
    {
        if (turn.ToolCalls.Count > 1)
        {
            throw new ChatTemplateException($"The chat template '{Name}' writes one tool call per turn; this turn has {turn.ToolCalls.Count}.");
        }

        return $"{{\"name\": \"{turn.ToolCalls[0].Name}\", \"parameters\": {TemplateJson.Line(turn.ToolCalls[0].Arguments)}}}";
    }

    private static PromptBuilder WriteHeader(PromptBuilder prompt, string role) =>
        prompt.Control(StartHeader).Template(role).Control(EndHeader).Template("\n\n");

    private void WriteTurn(PromptBuilder prompt, ChatTurn turn)
    {
        bool toolResult = _withDates && turn.Role == TurnRoles.Tool;
        bool target = turn.Role == TurnRoles.Assistant;
        WriteHeader(prompt, toolResult ? "ipython" : turn.Role)
            .Content(toolResult ? ToJsonString(turn.Content) : turn.Content.Trim(), target)
            .Control(End, target);
    }

    /// <summary>A JSON string in which only what must be escaped is escaped, as the template's filter writes it.</summary>
    private static string ToJsonString(string text)
    {
        StringBuilder json = new("\"", text.Length + 2);
        foreach (char unit in text)
        {
            json.Append(unit switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
                _ => unit.ToString(),
            });
        }

        return json.Append('"').ToString();
    }
}
