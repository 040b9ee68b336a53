using Agents.Plugins.Malt.Pipeline;
using Agents.Plugins.Malt.Trees;

namespace Agents.Plugins.Malt.Tests.Trees;

/// <summary>The tree of papers/33 §5, vector 1.</summary>
internal static class TreeVectors
{
    public static RoleTree Tree { get; } = Of(
        [[1, 1, 1], [1, 0, 0], [0, 0, 1]],
        [[1, 0, 1], [1, 1, 0], [0, 0, 0]],
        [[0, 0, 0], [1, 1, 1], [1, 1, 0]]);

    /// <summary>A tree of rewards; −1 is a leaf that nobody judged. All texts are different.</summary>
    public static RoleTree Of(params int[][][] rewards) => new("q1", "What?", [.. rewards.Select((generation, g) => new RoleNode(MaltRole.Generator, $"g{g}")
    {
        Correct = g == 0,
        Children = [.. generation.Select((critique, v) => new RoleNode(MaltRole.Verifier, $"g{g}v{v}")
        {
            Children = [.. critique.Select((reward, r) => new RoleNode(MaltRole.Refiner, $"g{g}v{v}r{r}") { Correct = reward < 0 ? null : reward == 1 })],
        })],
    })]);
}
