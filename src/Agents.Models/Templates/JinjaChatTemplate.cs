using Agents.Models.Templates.Jinja;
using Agents.Models.Tokenization;

namespace Agents.Models.Templates;

/// <summary>
/// The Jinja template that a model file carries. Its own text may hold control tokens; text of turns, tools, documents and variables never becomes
/// one, however the template cuts, joins or writes it as JSON.
/// </summary>
/// <remarks>
/// What supervised training learns: the text inside <c>{% generation %}</c> tags where a template has such, otherwise what assistant turns say, the
/// template's text between such parts, and the control token that ends the turn.
/// </remarks>
public sealed class JinjaChatTemplate : ChatTemplate
{
    private static readonly string[] _endMarkers =
    [
        "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<end_of_turn>", "<|end_of_text|>", "<|endoftext|>", "</s>", "<eos>", "<|return|>", "<|call|>", "<|end_of_turn|>",
    ];

    private static readonly string[] _ownNames = ["messages", "tools", "documents", "add_generation_prompt", "bos_token", "eos_token", "pad_token", "unk_token"];
    private readonly JinjaTemplate _template;
    private readonly TimeProvider _time;
    private readonly AddedTokenTrie _controlTokens;
    private readonly JinjaScope _tokens;

    private JinjaChatTemplate(
        string name, JinjaTemplate template, IReadOnlyList<string> stopTokens, AddedTokenTrie controlTokens, JinjaScope tokens, TimeProvider time)
        : base(name, stopTokens)
    {
        _template = template;
        _controlTokens = controlTokens;
        _tokens = tokens;
        _time = time;
    }

    /// <summary>Makes a template for a model.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="jinja">The Jinja text.</param>
    /// <param name="definition">Tokenizer of the model: its control tokens are those that the template's text may hold.</param>
    /// <param name="time">Clock of templates that write today's date; null for the system's.</param>
    /// <param name="limits">What rendering may use; null for the defaults.</param>
    /// <exception cref="JinjaException">The text is no template of the supported subset, or exceeds a limit.</exception>
    public static JinjaChatTemplate Create(
        string name, string jinja, TokenizerDefinition definition, TimeProvider? time = null, JinjaLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(jinja);
        ArgumentNullException.ThrowIfNull(definition);
        JinjaTemplate template = JinjaTemplate.Parse(jinja, limits);
        AddedTokenTrie controlTokens = new();
        HashSet<string> known = new(StringComparer.Ordinal);
        JinjaScope tokens = new(null);
        for (int id = 0; id < definition.Tokens.Count; id++)
        {
            if (definition.IsControl(id))
            {
                controlTokens.Add(definition.Tokens[id], id);
                known.Add(definition.Tokens[id]);
                if (definition.KindOf(id) == TokenKind.Unknown)
                {
                    tokens.Set("unk_token", new JinjaText(definition.Tokens[id]));
                }
            }
        }

        SetToken(tokens, "bos_token", definition, definition.BosId);
        SetToken(tokens, "eos_token", definition, definition.EosId);
        SetToken(tokens, "pad_token", definition, definition.PaddingId);
        List<string> stops = [.. _endMarkers.Where(marker => known.Contains(marker) && jinja.Contains(marker, StringComparison.Ordinal))];
        if (definition.EosId is int eos && known.Contains(definition.Tokens[eos]) && !stops.Contains(definition.Tokens[eos]))
        {
            stops.Add(definition.Tokens[eos]);
        }

        return new JinjaChatTemplate(name, template, stops, controlTokens, tokens, time ?? TimeProvider.System);
    }

    private protected override RenderedPrompt RenderTurns(IReadOnlyList<ChatTurn> turns, TemplateInput input)
    {
        JinjaScope variables = new(_tokens);
        foreach ((string name, object? value) in input.Variables)
        {
            if (_ownNames.Contains(name))
            {
                throw new ArgumentException($"The template variable '{name}' is set by the template engine; use the property for it.", nameof(input));
            }

            variables.Set(name, JinjaVariables.From(name, value));
        }

        variables.Set("messages", new JinjaList([.. turns.Select(turn => JinjaMessages.From(turn, marksTargets: !_template.HasGenerationTags))]));
        variables.Set("add_generation_prompt", JinjaBoolean.Of(input.AddGenerationPrompt));
        SetList(variables, "tools", input.Tools);
        SetList(variables, "documents", input.Documents);
        JinjaText text = _template.Render(variables, _time);
        return new RenderedPrompt(Name, PromptMarking.ToSegments(text, _controlTokens, StopTokens, _template.HasGenerationTags));
    }

    private static void SetToken(JinjaScope tokens, string name, TokenizerDefinition definition, int? id)
    {
        if (id is int value)
        {
            tokens.Set(name, new JinjaText(definition.Tokens[value]));
        }
    }

    /// <summary>Without elements a list is <c>none</c>, as callers of published templates pass it.</summary>
    private static void SetList(JinjaScope variables, string name, IReadOnlyList<System.Text.Json.JsonElement> elements) =>
        variables.Set(
            name, elements.Count == 0 ? JinjaNone.Instance : new JinjaList([.. elements.Select(element => JinjaJson.Read(element, TextMarks.Content))]));
}
