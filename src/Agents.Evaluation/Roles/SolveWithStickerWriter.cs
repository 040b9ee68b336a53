using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>Question and sticker to solution. A share of stickers is defective; the solution is that of the question all the same.</summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
public sealed class SolveWithStickerWriter(string prompt, RoleNoise noise) : IRoleWriter
{
    /// <summary>Stickers are wrong half as often as solutions that are shown.</summary>
    private const double DefectiveShare = 0.5;

    /// <inheritdoc/>
    public string Role => RoleNames.SolveWithSticker;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        (IReadOnlyList<string> shown, IReadOnlyList<CorruptionKind> kinds) =
            StickerDefects.Draw(family, item, noise.WrongInputs * DefectiveShare, ref stream);
        ShownSolution target = ShownSolution.Draw(family, item, noise.WrongSolutions, ref stream);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?> { ["question"] = item.Question, ["sticker"] = string.Join('\n', shown) },
            Target = target.Text,
            TargetCorruption = target.Kind,
            InputCorruptions = kinds,
            Item = item,
        };
    }
}
