using System.Security.Cryptography;
using System.Text;
using Agents.Models.Templates.Jinja;
using Agents.Models.Tokenization;

namespace Agents.Models.Templates;

/// <summary>The built-in chat templates, and how the Jinja text in a model file is matched to one of them.</summary>
public static class ChatTemplates
{
    // SHA-256 of published texts with LF line ends and without white space at the end.
    private static readonly Dictionary<string, ChatTemplate> _publishedTexts;

    static ChatTemplates()
    {
        All = [ChatMl, Llama3, Llama31, Qwen25, Qwen3, Qwen3NoThinking];
        _publishedTexts = new(StringComparer.Ordinal)
        {
            [Hash(ChatMlTemplate.Jinja)] = ChatMl,
            ["55b2f4a26ac9ee719330a61a0c39d9e538b0e9322212f048326318cff4f8674a"] = Qwen25,
            ["87a2728cb8dc9fe424d624542f6060ec05a1d285ebbec578bb078900e33396b5"] = Qwen3,
            ["93c0e9aa3629bbd77e68dbc0f5621f6e6b23aa8d74b932595cdb8d64684526d7"] = Llama31,
            ["d82792f95932f1c9cef5c4bd992f171225e3bf8c7b609b4557c9e1ec96be819f"] = Llama31,
        };
    }

    /// <summary>All built-in templates.</summary>
    public static IReadOnlyList<ChatTemplate> All { get; }

    /// <summary>Plain ChatML, "chatml".</summary>
    public static ChatTemplate ChatMl { get; } = new ChatMlTemplate();

    /// <summary>Llama 3, "llama3".</summary>
    public static ChatTemplate Llama3 { get; } = new Llama3Template(withDates: false);

    /// <summary>Llama 3.1 and 3.2, "llama3.1".</summary>
    public static ChatTemplate Llama31 { get; } = new Llama3Template(withDates: true);

    /// <summary>Qwen2.5-Instruct, "qwen2.5".</summary>
    public static ChatTemplate Qwen25 { get; } = new Qwen25Template();

    /// <summary>Qwen3 with reasoning, "qwen3".</summary>
    public static ChatTemplate Qwen3 { get; } = new Qwen3Template(thinking: true);

    /// <summary>Qwen3 with an empty reasoning block, "qwen3-no-thinking".</summary>
    public static ChatTemplate Qwen3NoThinking { get; } = new Qwen3Template(thinking: false);

    /// <summary>Finds a template by name.</summary>
    /// <param name="name">A <see cref="ChatTemplate.Name"/>.</param>
    /// <exception cref="ChatTemplateException">The name is unknown.</exception>
    public static ChatTemplate ForName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(template => string.Equals(template.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ChatTemplateException($"Chat template '{name}' is unknown; known are {KnownNames}.");
    }

    /// <summary>
    /// Finds the built-in template that a Jinja text stands for: by its hash when it is a published text, otherwise by its characteristic
    /// markers, so that lightly edited copies are recognised too.
    /// </summary>
    /// <param name="jinja">Value of the GGUF key <c>tokenizer.chat_template</c> or its Hugging Face counterpart; null when the model has none.</param>
    /// <exception cref="ChatTemplateException">There is no text, or it is none of the known templates.</exception>
    public static ChatTemplate Detect(string? jinja)
    {
        if (string.IsNullOrWhiteSpace(jinja))
        {
            throw new ChatTemplateException($"The model carries no chat template; name one of {KnownNames}, or use the model for plain text.");
        }

        return _publishedTexts.GetValueOrDefault(Hash(jinja)) ?? FindByMarkers(jinja)
            ?? throw new ChatTemplateException(
                $"The model's chat template ({jinja.Length} characters, starting '{Excerpt(jinja)}') is none of the known ones; name one of {KnownNames} if it fits the model.");
    }

    /// <summary>
    /// The template of a model: its own Jinja text, interpreted. The plain ChatML of this project's models is taken from the built-ins, and so is a
    /// known template that the interpreter cannot read.
    /// </summary>
    /// <param name="definition">Tokenizer of the model, with <see cref="TokenizerDefinition.ChatTemplate"/>.</param>
    /// <param name="time">Clock of templates that write today's date; null for the system's.</param>
    /// <exception cref="ChatTemplateException">The model carries no template, or one outside the supported subset of Jinja.</exception>
    public static ChatTemplate ForModel(TokenizerDefinition definition, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        string? jinja = definition.ChatTemplate;
        if (string.IsNullOrWhiteSpace(jinja))
        {
            return Detect(jinja);
        }

        ChatTemplate? builtIn = _publishedTexts.GetValueOrDefault(Hash(jinja)) ?? FindByMarkers(jinja);
        if (builtIn == ChatMl && Hash(jinja) == Hash(ChatMlTemplate.Jinja))
        {
            return builtIn;
        }

        try
        {
            return JinjaChatTemplate.Create(builtIn is null ? "jinja" : $"jinja:{builtIn.Name}", jinja, definition, time);
        }
        catch (JinjaException) when (builtIn is not null)
        {
            return builtIn;
        }
    }

    private static string KnownNames => string.Join(", ", All.Select(template => template.Name));

    private static ChatTemplate? FindByMarkers(string jinja)
    {
        bool Has(string marker) => jinja.Contains(marker, StringComparison.Ordinal);
        if (Has("<|start_header_id|>") && Has("<|end_header_id|>") && Has("<|eot_id|>"))
        {
            return Has("Cutting Knowledge Date") ? Llama31 : Has("tool") ? null : Llama3;
        }

        if (!Has("<|im_start|>") || !Has("<|im_end|>"))
        {
            return null;
        }

        bool reasons = Has("<think>") || Has("</think>");
        if (reasons)
        {
            // Other ChatML families reason too; only Qwen3 looks for the last question by this name and lets the caller switch thinking off.
            return Has("last_query_index") && Has("enable_thinking") && Has("<tool_response>") ? Qwen3 : null;
        }

        if (Has(Qwen25Template.DefaultSystem) && Has("<tool_response>"))
        {
            return Qwen25;
        }

        // Plain ChatML writes nothing of its own: no default system message and no tools.
        return Has("add_generation_prompt") && !Has("<|im_start|>system") && !Has("tool") && !Has("You are") ? ChatMl : null;
    }

    private static string Hash(string jinja)
    {
        string normalized = jinja.ReplaceLineEndings("\n").TrimEnd();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normalized)));
    }

    private static string Excerpt(string jinja)
    {
        string line = jinja.Trim().ReplaceLineEndings(" ");
        return line.Length <= 60 ? line : line[..60] + "...";
    }
}
