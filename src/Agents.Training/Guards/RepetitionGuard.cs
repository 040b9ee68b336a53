using System.Globalization;
using Agents.Training.Experience;
using Agents.Training.Loops;

namespace Agents.Training.Guards;

/// <summary>
/// Warns and stops when completions repeat themselves far more than those of the first steps did. The number is the mean of <see cref="RepetitionRate"/> over
/// the completions that are long enough to repeat an n-gram.
/// </summary>
public sealed class RepetitionGuard : IStepGuard
{
    /// <summary>Name of the measured number in the metrics file.</summary>
    public const string NumberName = "guard.repetition";

    private readonly RepetitionGuardOptions _options;
    private readonly GuardMemory _memory = new();

    /// <summary>Creates a guard that has seen nothing.</summary>
    /// <param name="options">Limits; null for defaults.</param>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public RepetitionGuard(RepetitionGuardOptions? options = null)
    {
        _options = options ?? new RepetitionGuardOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Name => "guard-repetition";

    /// <inheritdoc/>
    public GuardReport Observe(long step, ExperienceColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        double[] rates = [.. columns.Rows.Select(row => RepetitionRate.Of(row.CompletionTokenIds, _options.Size)).Where(rate => !double.IsNaN(rate))];
        if (rates.Length == 0)
        {
            // Nothing is long enough to repeat itself, which also ends a row of repetitive steps.
            _memory.Count(false);
            return new GuardReport();
        }

        double rate = rates.Average();
        if (_memory.StartSteps < _options.StartSteps)
        {
            _memory.AddToStart(rate);
            return GuardReport.Of(NumberName, rate);
        }

        double above = rate - _memory.Start;
        _memory.Count(above > _options.StopAbove);
        GuardReport report = GuardReport.Of(NumberName, rate);
        return _memory.High >= _options.Patience
            ? report with { Stop = ReinforcementStop.Repetition, Warning = Sentence(step, rate, _options.StopAbove, _memory.High) }
            : above > _options.WarnAbove ? report with { Warning = Sentence(step, rate, _options.WarnAbove, 1) } : report;
    }

    /// <inheritdoc/>
    public byte[] Save() => _memory.Save();

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> state) => _memory.Restore(Name, state);

    private string Sentence(long step, double rate, double limit, int steps) => string.Create(
        CultureInfo.InvariantCulture,
        $"In completions of step {step}, {rate:P0} of the sequences of {_options.Size} tokens are repetitions, more than {limit:G3} above the {_memory.Start:P0} of the first {_options.StartSteps} steps{(steps > 1 ? $", for {steps} steps in a row" : "")}. Lower the learning rate, add a KL penalty, or raise the temperature; the checkpoints before are less repetitive.");
}
