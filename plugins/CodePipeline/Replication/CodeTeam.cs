using Agents.Replication;

namespace Agents.Plugins.CodePipeline.Replication;

/// <summary>The training data of the team: one adapter plays all roles, so all arms share one model.</summary>
internal static class CodeTeam
{
    /// <summary>Roles with their shares. Repairs come with the three contents of the trace's place in equal parts, in one prompt.</summary>
    private static readonly (string Role, double Share)[] Roles =
    [
        ("solve", 0.3), ("plan", 0.05), ("code-with-plan", 0.1), ("test", 0.1), ("fix", 0.1), ("repair", 0.35),
    ];

    /// <summary>Gets the shares as a text.</summary>
    public static string Description => string.Join(", ", Roles.Select(role => FormattableString.Invariant($"{role.Role} {role.Share:P0}")));

    /// <summary>Writes the conversations of one seed, with the noise of the embedded model's recipe.</summary>
    /// <param name="laboratory">Writes them.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed.</param>
    public static IReadOnlyList<TrainingConversation> Write(ILaboratory laboratory, int count, ulong seed) =>
        [.. Roles.SelectMany((role, i) => laboratory.RoleData(new RoleQuery(role.Role, CodeReplication.Family, (int)Math.Ceiling(count * role.Share), (seed * 100) + (ulong)i)))];
}
