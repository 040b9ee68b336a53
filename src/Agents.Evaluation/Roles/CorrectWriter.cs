using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>Question and sticker to the sticker that matches the question: forward optimization (papers/49 §2). A share of stickers is right already; a share of corrections overlooks the defect.</summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
public sealed class CorrectWriter(string prompt, RoleNoise noise) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.Correct;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        (IReadOnlyList<string> shown, IReadOnlyList<CorruptionKind> kinds) =
            StickerDefects.Draw(family, item, noise.DefectiveStickers, ref stream);
        bool overlooks = kinds[0] != CorruptionKind.None && stream.Chance(noise.UnfixedStickers);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?> { ["question"] = item.Question, ["sticker"] = string.Join('\n', shown), ["schema"] = false },
            Target = string.Join('\n', overlooks ? shown : item.Facts),
            TargetCorruption = overlooks ? kinds[0] : CorruptionKind.None,
            InputCorruptions = kinds,
            Item = item,
        };
    }
}
