using System.Globalization;
using Agents.Training.Experience;
using Agents.Training.Loops;

namespace Agents.Training.Guards;

/// <summary>
/// Counts groups whose rewards are all equal, from which no group estimator learns (papers/00-grpo-baseline §3), as they are after resampling: with dynamic
/// sampling a group is dead only when the budget of further prompts is spent. It stops when nearly all groups stay dead, where steps still update from the
/// few that remain; steps without any signal end a run by themselves.
/// </summary>
public sealed class DeadGroupGuard : IStepGuard
{
    /// <summary>Name of the measured number in the metrics file: share of the groups of the step without signal.</summary>
    public const string NumberName = "guard.deadGroups";

    private readonly DeadGroupGuardOptions _options;
    private readonly GuardMemory _memory = new();

    /// <summary>Creates a guard that has seen nothing.</summary>
    /// <param name="options">Limits; null for defaults.</param>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public DeadGroupGuard(DeadGroupGuardOptions? options = null)
    {
        _options = options ?? new DeadGroupGuardOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Name => "guard-dead-groups";

    /// <inheritdoc/>
    public GuardReport Observe(long step, ExperienceColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        int dead = columns.Groups.Count(group => group.IsDead);
        double share = (double)dead / columns.Groups.Length;
        _memory.Count(share > _options.StopAbove);
        GuardReport report = GuardReport.Of(NumberName, share);
        return _memory.High >= _options.Patience
            ? report with { Stop = ReinforcementStop.DeadGroups, Warning = Sentence(step, columns, dead, _options.StopAbove, _memory.High) }
            : share > _options.WarnAbove ? report with { Warning = Sentence(step, columns, dead, _options.WarnAbove, 1) } : report;
    }

    /// <inheritdoc/>
    public byte[] Save() => _memory.Save();

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> state) => _memory.Restore(Name, state);

    private static string Sentence(long step, ExperienceColumns columns, int dead, double limit, int steps)
    {
        double[] scored = [.. columns.Reward.Where(reward => !double.IsNaN(reward))];
        string mean = scored.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"mean reward {scored.Average():G4}") : "nothing scored";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{dead} of {columns.Groups.Length} groups of step {step} have no signal ({mean}), more than {limit:P0}{(steps > 1 ? $" for {steps} steps in a row" : "")}. Turn dynamic sampling on or raise its factor, choose prompts of middle difficulty, larger groups, or partial credit.");
    }
}
