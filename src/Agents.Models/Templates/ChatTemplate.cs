namespace Agents.Models.Templates;

/// <summary>
/// The form in which a family of models was taught conversations. Immutable; safe to share between threads. Model files carry it as a Jinja
/// text; <see cref="ChatTemplates.ForModel"/> makes a template of it.
/// </summary>
public abstract class ChatTemplate
{
    private protected ChatTemplate(string name, IReadOnlyList<string> stopTokens)
    {
        Name = name;
        StopTokens = stopTokens;
    }

    /// <summary>Name, such as "chatml".</summary>
    public string Name { get; }

    /// <summary>Texts of the control tokens that end an answer. The first ends every assistant turn; the others may be missing in a vocabulary.</summary>
    public IReadOnlyList<string> StopTokens { get; }

    /// <summary>Renders a conversation.</summary>
    /// <param name="turns">The turns in order, at least one.</param>
    /// <param name="addGenerationPrompt">Whether an assistant turn is opened at the end, for the model to write.</param>
    /// <returns>The prompt in parts.</returns>
    /// <exception cref="ArgumentException">There are no turns, or a role is unknown.</exception>
    /// <exception cref="ChatTemplateException">The template cannot express the turns.</exception>
    public RenderedPrompt Render(IReadOnlyList<ChatTurn> turns, bool addGenerationPrompt) =>
        Render(turns, new TemplateInput { AddGenerationPrompt = addGenerationPrompt });

    /// <summary>Renders a conversation with tools, documents and variables.</summary>
    /// <param name="turns">The turns in order, at least one.</param>
    /// <param name="input">What the template gets besides the turns.</param>
    /// <returns>The prompt in parts.</returns>
    /// <exception cref="ArgumentException">There are no turns, a role is unknown, or a variable is not plain data or has a name of the template's own.</exception>
    /// <exception cref="ChatTemplateException">The template cannot express the turns or the tools.</exception>
    public RenderedPrompt Render(IReadOnlyList<ChatTurn> turns, TemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(turns);
        ArgumentNullException.ThrowIfNull(input);
        if (turns.Count == 0)
        {
            throw new ArgumentException("A conversation needs at least one turn.", nameof(turns));
        }

        for (int i = 0; i < turns.Count; i++)
        {
            if (!TurnRoles.IsKnown(turns[i].Role))
            {
                throw new ArgumentException(
                    $"Turn {i} has the role '{turns[i].Role}'; expected system, user, assistant or tool.", nameof(turns));
            }
        }

        return RenderTurns(turns, input);
    }

    /// <summary>Ids that end an answer.</summary>
    /// <param name="tokenizer">Tokenizer of the model.</param>
    /// <returns>Ids of those <see cref="StopTokens"/> that the vocabulary has, without duplicates.</returns>
    /// <exception cref="ChatTemplateException">The vocabulary lacks the first of them, without which no turn would end.</exception>
    public IReadOnlyList<int> FindStopIds(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        List<int> ids = [];
        foreach (string text in StopTokens)
        {
            if (tokenizer.TryGetSpecialId(text, out int id))
            {
                ids.Add(id);
            }
            else if (text == StopTokens[0])
            {
                throw new ChatTemplateException(
                    $"The chat template '{Name}' ends turns with {text}, which the model's vocabulary lacks; choose the template the model was trained with.");
            }
        }

        return ids;
    }

    private protected abstract RenderedPrompt RenderTurns(IReadOnlyList<ChatTurn> turns, TemplateInput input);
}
