using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>Question to solution, with a share of wrong solutions and of misread questions; or, for the sticker role, conditions to solution.</summary>
/// <param name="prompt">Name of the prompt; empty for the bare question.</param>
/// <param name="noise">Settings.</param>
/// <param name="fromSticker">Whether the conditions are shown instead of the question.</param>
public sealed class SolveWriter(string prompt, RoleNoise noise, bool fromSticker = false) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => fromSticker ? RoleNames.SolveFromSticker : RoleNames.Solve;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        ShownSolution target = !fromSticker && stream.Chance(noise.Misreadings) && family.Misread(item, ref stream) is { } misread
            ? ShownSolution.Of(misread)
            : ShownSolution.Draw(family, item, noise.WrongSolutions, ref stream);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = fromSticker
                ? new Dictionary<string, object?> { ["sticker"] = string.Join('\n', item.Facts) }
                : new Dictionary<string, object?> { ["question"] = item.Question },
            Target = target.Text,
            TargetCorruption = target.Kind,
            Item = item,
        };
    }
}
