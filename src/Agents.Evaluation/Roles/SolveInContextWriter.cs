using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>Similar questions with their solutions as earlier turns of the conversation, then the question to its solution: learning from demonstrations in the prompt.</summary>
/// <param name="noise">Settings.</param>
/// <param name="minimumExamples">Fewest demonstrations, at least 1.</param>
/// <param name="maximumExamples">Most demonstrations.</param>
public sealed class SolveInContextWriter(RoleNoise noise, int minimumExamples = 1, int maximumExamples = 3) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.SolveInContext;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        int count = stream.Between(minimumExamples, maximumExamples);
        var earlier = new List<RoleTurn>(count);
        for (int i = 0; i < count; i++)
        {
            TaskItem similar = family.CreateSimilar(item, ref stream);
            earlier.Add(new RoleTurn("", new Dictionary<string, object?> { ["question"] = similar.Question }, similar.Solution));
        }

        ShownSolution target = ShownSolution.Draw(family, item, noise.WrongSolutions, ref stream);
        return new RoleExample
        {
            Role = Role,
            Prompt = "",
            Variables = new Dictionary<string, object?> { ["question"] = item.Question },
            Earlier = earlier,
            Target = target.Text,
            TargetCorruption = target.Kind,
            Item = item,
        };
    }
}
