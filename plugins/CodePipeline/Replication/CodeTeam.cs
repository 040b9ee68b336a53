using System.Globalization;
using Agents.Plugins.CodePipeline.Mini;
using Agents.Plugins.CodePipeline.Running;
using Agents.Plugins.CodePipeline.Tracing;
using Agents.Replication;

namespace Agents.Plugins.CodePipeline.Replication;

/// <summary>
/// The training data of the team: one adapter plays all roles, so all arms share one model. Beside the role data of the embedded model's recipe it repairs the model's own
/// wrong programs: each shows in the prompt of repairs three times, with the trace, with the source in its place, and with neither.
/// </summary>
/// <param name="laboratory">Items, model, role data.</param>
/// <param name="scale">Sizes.</param>
internal sealed class CodeTeam(ILaboratory laboratory, CodeScale scale)
{
    private const int AtOnce = 8;
    private static readonly int[] FailingLevels = [4, 5];

    private static readonly (string Role, double Share)[] Roles =
    [
        ("solve", 0.25), ("plan", 0.08), ("code-with-plan", 0.12), ("test", 0.15), ("fix", 0.15), ("repair", 0.25),
    ];

    private readonly MiniRunner _runner = new();

    /// <summary>Gets the shares of the role data as a text.</summary>
    public static string Description => string.Join(", ", Roles.Select(role => FormattableString.Invariant($"{role.Role} {role.Share:P0}")));

    /// <summary>Writes the conversations of one seed.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<TrainingConversation>> WriteAsync(ulong seed, CancellationToken cancellationToken)
    {
        List<TrainingConversation> conversations =
            [.. Roles.SelectMany((role, i) => laboratory.RoleData(new RoleQuery(role.Role, CodeReplication.Family, (int)Math.Ceiling(scale.Conversations * role.Share), (seed * 100) + (ulong)i)))];
        ExperimentItem[] items = [.. FailingLevels.SelectMany(level => laboratory.Items(new ItemQuery(CodeReplication.Family, ExperimentSplit.Train, scale.Attempts / FailingLevels.Length, seed) { Difficulty = level }))];
        string[] attempts = await laboratory.RememberAsync(
            string.Create(CultureInfo.InvariantCulture, $"attempts {scale.Attempts} {seed}"), ReplicationJson.Default.StringArray, token => AttemptAsync(items, seed, token), cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < items.Length; i++)
        {
            await RepairAsync(items[i], MiniText.Program(attempts[i]), conversations, cancellationToken).ConfigureAwait(false);
        }

        return conversations;
    }

    private async Task<string[]> AttemptAsync(ExperimentItem[] items, ulong seed, CancellationToken cancellationToken)
    {
        string[] attempts = new string[items.Length];
        await Parallel.ForEachAsync(Enumerable.Range(0, items.Length), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (i, token) =>
            attempts[i] = (await laboratory.AnswerAsync(CodeBench.Run(CodeFlow.Basic, TraceSlot.None, null), items[i], seed, token).ConfigureAwait(false)).Text).ConfigureAwait(false);
        return attempts;
    }

    private async Task RepairAsync(ExperimentItem item, string program, List<TrainingConversation> conversations, CancellationToken cancellationToken)
    {
        RunReport report = await _runner.RunAsync(program, VisibleTests.Find(item.Question), RunLimits.Default, cancellationToken).ConfigureAwait(false);
        if (report.FirstFailure is not { } failing)
        {
            return;
        }

        TraceReport trace = await _runner.TraceAsync(program, failing.Test, RunLimits.Default, cancellationToken).ConfigureAwait(false);
        CodePipelineSettings settings = new();
        foreach (string slot in (string[])[MiniText.Trace(trace, settings.TraceCap, settings.ValueCap), program, ""])
        {
            Dictionary<string, object?> variables = new()
            {
                ["question"] = item.Question,
                ["language"] = Languages.IdOf(CodeLanguage.Mini),
                ["languageName"] = Languages.NameOf(CodeLanguage.Mini),
                ["code"] = program,
                ["failure"] = failing.Failure,
                ["trace"] = slot,
                ["explanations"] = "",
            };
            conversations.Add(new TrainingConversation(laboratory.Prompt("code-pipeline/repair", variables), item.Solution));
        }
    }
}
