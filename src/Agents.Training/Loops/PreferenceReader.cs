using System.Collections.Immutable;
using Agents.Learning;
using Agents.Models;
using Agents.Training.Data;
using Agents.Training.Errors;
using Agents.Training.Scoring;

namespace Agents.Training.Loops;

/// <summary>Turns preferences into the data of one optimizer step. Pairs are never split; the step is a pure function of its position.</summary>
internal sealed class PreferenceReader(IPreferenceSource source, ExampleOrder order, FrozenScorer? reference, int examplesPerStep, int rowsPerBatch)
{
    /// <summary>Reads the step that starts at a position.</summary>
    /// <param name="position">Examples used before.</param>
    /// <param name="cancellationToken">Passed to the reference.</param>
    public async Task<(StepBatch Batch, ImmutableArray<PreferenceExample> Examples)> ReadAsync(long position, CancellationToken cancellationToken)
    {
        ImmutableArray<PreferenceExample> examples = [.. Enumerable.Range(0, examplesPerStep).Select(i => source.Get(order.IndexAt(position + i)))];
        List<SequenceUnit> units = [];
        foreach (PreferenceExample example in examples)
        {
            units.Add(await UnitAsync(example, cancellationToken).ConfigureAwait(false));
        }

        int rows = units.Sum(unit => unit.Rows);
        int largest = units.Max(unit => unit.Rows);
        if (largest > rowsPerBatch)
        {
            throw new TrainingException($"A preference at data position {position} has {largest} tokens in its completions; a micro-batch has {rowsPerBatch} rows and must hold all of them. Raise the rows, or drop long examples.");
        }

        ImmutableArray<PackedBatch> batches = SequencePacker.PackUnits(units, rowsPerBatch);
        double weight = examples.Sum(example => example.Completions.Sum(completion => (double)completion.Length));
        return (new StepBatch(batches, position, position + examplesPerStep, rows, weight, examples.Sum(example => example.Completions.Length), 0) { Units = examples.Length }, examples);
    }

    /// <summary>
    /// Estimates how far the policy has moved, for KTO: the mean of Σ(logp − reference) over completions that belong to the next example's prompt, which the labels say
    /// nothing about.
    /// </summary>
    /// <param name="examples">Examples of the step, at least two.</param>
    /// <param name="model">The policy.</param>
    /// <param name="cancellationToken">Passed to the reference.</param>
    public async Task<double> ReferencePointAsync(ImmutableArray<PreferenceExample> examples, ITrainableModel model, CancellationToken cancellationToken)
    {
        List<SequenceUnit> units = [];
        for (int i = 0; i < examples.Length; i++)
        {
            units.Add(await UnitAsync(PreferenceExample.Judged(examples[(i + 1) % examples.Length].PromptTokenIds, examples[i].Completions[0], true), cancellationToken).ConfigureAwait(false));
        }

        double sum = 0;
        foreach (PackedBatch batch in SequencePacker.PackUnits(units, rowsPerBatch))
        {
            float[] policy = new float[batch.Rows];
            model.LogProbabilities(batch, policy);
            for (int row = 0; row < batch.Rows; row++)
            {
                sum += batch.Weights[row] == 0 ? 0 : policy[row] - batch.Columns!.ReferenceLogProbability[row];
            }
        }

        return sum / examples.Length;
    }

    private async Task<SequenceUnit> UnitAsync(PreferenceExample example, CancellationToken cancellationToken)
    {
        IReadOnlyList<float[]>? scores = reference is null ? null : await reference.ScoreAsync(example.PromptTokenIds, example.Completions, cancellationToken).ConfigureAwait(false);
        int prompt = example.PromptTokenIds.Length;
        var pieces = ImmutableArray.CreateBuilder<SequencePiece>();
        for (int i = 0; i < example.Completions.Length; i++)
        {
            int[] completion = example.Completions[i];
            TrainingExample whole = TrainingExample.FromSpans([.. example.PromptTokenIds, .. completion], new TargetSpan(prompt, completion.Length));
            pieces.Add(SequencePiece.Whole(whole with
            {
                Columns = new TokenColumns
                {
                    SequenceLabel = [example.Labels[i]],
                    ReferenceLogProbability = scores is null ? [] : [.. new double[prompt], .. scores[i].Select(value => (double)value)],
                },
            }));
        }

        return new SequenceUnit(pieces.ToImmutable());
    }
}
