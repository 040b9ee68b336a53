using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>Question to its conditions, one per line, the last one being what is asked. Some stickers drift: one condition is another question's, or missing.</summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
public sealed class StickerWriter(string prompt, RoleNoise noise) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.Sticker;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        bool drifts = stream.Chance(noise.DriftedStickers);
        IReadOnlyList<string> facts = drifts ? Drift(family, item, ref stream) : item.Facts;
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?> { ["question"] = item.Question },
            Target = string.Join('\n', facts),
            TargetCorruption = drifts ? CorruptionKind.DriftedFact : CorruptionKind.None,
            Item = item,
        };
    }

    private static List<string> Drift(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        List<string> facts = [.. item.Facts];
        int at = stream.NextInt(facts.Count - 1);
        IReadOnlyList<string> foreign = family.CreateSimilar(item, ref stream).Facts;
        if (at < foreign.Count - 1 && foreign[at] != facts[at])
        {
            facts[at] = foreign[at];
        }
        else
        {
            facts.RemoveAt(at);
        }

        return facts;
    }
}
