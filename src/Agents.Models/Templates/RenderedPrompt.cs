using System.Text;

namespace Agents.Models.Templates;

/// <summary>A conversation in the form that a model was trained on, still knowing which parts are template and which are content.</summary>
/// <param name="TemplateName">Name of the template, for messages.</param>
/// <param name="Segments">The parts in order; none is empty.</param>
public sealed record RenderedPrompt(string TemplateName, IReadOnlyList<PromptSegment> Segments)
{
    /// <summary>All parts as one string. For display only: encoding it again would lose what is template and what is content.</summary>
    public string Text => string.Concat(Segments.Select(segment => segment.Text));

    /// <summary>Encodes the prompt. See <see cref="TokenizeWithTargets"/>.</summary>
    /// <param name="tokenizer">Tokenizer of the model.</param>
    /// <returns>The ids. [tokens]</returns>
    /// <exception cref="ChatTemplateException">The vocabulary lacks a control token of the template.</exception>
    public int[] Tokenize(ITokenizer tokenizer) => TokenizeWithTargets(tokenizer).Ids;

    /// <summary>
    /// Encodes the prompt and tells which ids the assistant writes. Control tokens come from the template alone. Neighbouring texts are encoded
    /// together, as if the prompt were one string, except where the assistant begins to write: there a new token begins, so that ids used in
    /// training are the ids met in generation.
    /// </summary>
    /// <param name="tokenizer">Tokenizer of the model; if it wants a beginning-of-sequence token, the ids start with it once.</param>
    /// <returns>Ids and target spans.</returns>
    /// <exception cref="ChatTemplateException">The vocabulary lacks a control token of the template.</exception>
    public TokenizedPrompt TokenizeWithTargets(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        List<int> ids = [];
        List<Range> targets = [];
        StringBuilder pending = new();
        int targetStart = -1;
        if (tokenizer.AddBos && tokenizer.BosId is int bos && !StartsWith(tokenizer, bos))
        {
            ids.Add(bos);
        }

        foreach (PromptSegment segment in Segments)
        {
            if (segment.IsTarget != targetStart >= 0)
            {
                Flush(tokenizer, pending, ids);
                if (targetStart >= 0)
                {
                    targets.Add(targetStart..ids.Count);
                }

                targetStart = segment.IsTarget ? ids.Count : -1;
            }

            if (segment.Kind == PromptSegmentKind.Control)
            {
                Flush(tokenizer, pending, ids);
                ids.Add(RequireId(tokenizer, segment.Text));
            }
            else
            {
                pending.Append(segment.Text);
            }
        }

        Flush(tokenizer, pending, ids);
        if (targetStart >= 0)
        {
            targets.Add(targetStart..ids.Count);
        }

        return new TokenizedPrompt([.. ids], targets);
    }

    private static void Flush(ITokenizer tokenizer, StringBuilder pending, List<int> ids)
    {
        if (pending.Length > 0)
        {
            tokenizer.Encode(pending.ToString(), ids, parseSpecial: false);
            pending.Clear();
        }
    }

    private bool StartsWith(ITokenizer tokenizer, int id) =>
        Segments.Count > 0 && Segments[0].Kind == PromptSegmentKind.Control && tokenizer.TryGetSpecialId(Segments[0].Text, out int first) && first == id;

    private int RequireId(ITokenizer tokenizer, string text) =>
        tokenizer.TryGetSpecialId(text, out int id)
            ? id
            : throw new ChatTemplateException(
                $"The chat template '{TemplateName}' needs the control token {text}, which the model's vocabulary lacks; choose the template the model was trained with.");
}
