using System.Globalization;
using Agents.Training.Experience;
using Agents.Training.Loops;

namespace Agents.Training.Guards;

/// <summary>
/// Warns and stops when the mean length of completions runs away from that of the first steps or collapses: the usual signs that length is paid for, or that
/// the policy gave up reasoning. Observations and forced tokens do not count.
/// </summary>
public sealed class LengthGuard : IStepGuard
{
    /// <summary>Name of the measured number in the metrics file: mean length as a multiple of the normal one.</summary>
    public const string NumberName = "guard.length";

    private readonly LengthGuardOptions _options;
    private readonly GuardMemory _memory = new();

    /// <summary>Creates a guard that has seen nothing.</summary>
    /// <param name="options">Limits; null for defaults.</param>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public LengthGuard(LengthGuardOptions? options = null)
    {
        _options = options ?? new LengthGuardOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Name => "guard-length";

    /// <inheritdoc/>
    public GuardReport Observe(long step, ExperienceColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        double length = columns.Length.Average();
        if (_memory.StartSteps < _options.StartSteps)
        {
            _memory.AddToStart(length);
            return GuardReport.Of(NumberName, length / Math.Max(_memory.Start, _options.LeastLength));
        }

        // Very short answers double by chance; their limits are those of the least length.
        double multiple = length / Math.Max(_memory.Start, _options.LeastLength);
        double shrunk = _memory.Start < _options.LeastLength ? 1 : length / _memory.Start;
        _memory.Count(multiple > _options.StopAbove, shrunk < _options.StopBelow);
        GuardReport report = GuardReport.Of(NumberName, multiple);
        if (_memory.High >= _options.Patience)
        {
            return report with { Stop = ReinforcementStop.LengthRunaway, Warning = Sentence(step, length, "more", _options.StopAbove, _memory.High) };
        }

        if (_memory.Low >= _options.Patience)
        {
            return report with { Stop = ReinforcementStop.LengthCollapse, Warning = Sentence(step, length, "less", _options.StopBelow, _memory.Low) };
        }

        return multiple > _options.WarnAbove
            ? report with { Warning = Sentence(step, length, "more", _options.WarnAbove, 1) }
            : shrunk < _options.WarnBelow ? report with { Warning = Sentence(step, length, "less", _options.WarnBelow, 1) } : report;
    }

    /// <inheritdoc/>
    public byte[] Save() => _memory.Save();

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> state) => _memory.Restore(Name, state);

    private string Sentence(long step, double length, string direction, double limit, int steps) => string.Create(
        CultureInfo.InvariantCulture,
        $"Completions of step {step} have {length:F1} tokens on average, {direction} than {limit:G3} times the {_memory.Start:F1} of the first {_options.StartSteps} steps{(steps > 1 ? $", for {steps} steps in a row" : "")}. {(direction == "more" ? "Check whether the reward pays for length; add an overlong penalty or lower the answer limit." : "Check whether the reward can be had without an answer; the checkpoints before still have the longer ones.")}");
}
