using System.Collections.Immutable;
using Agents.Learning;
using Agents.Training.Data;
using Agents.Training.Experience;

namespace Agents.Training.Loops;

/// <summary>
/// The learned completions of one step in micro-batches, with the columns that policy losses read. Micro-batches are filled strictly in the order of the groups, so
/// that those of the first groups do not depend on later ones. Completions that are masked altogether are left out, and count nowhere.
/// </summary>
/// <param name="Batches">Micro-batches.</param>
/// <param name="TokenWeight">Sum of all weights.</param>
/// <param name="Sequences">Completions, also those without any gradient.</param>
/// <param name="Units">Units that were not split, also those without any gradient.</param>
/// <param name="Rows">Rows of all micro-batches.</param>
internal sealed record PolicyBatch(ImmutableArray<PolicyMicroBatch> Batches, double TokenWeight, int Sequences, int Units, int Rows)
{
    /// <summary>Packs a step.</summary>
    /// <param name="columns">The step, or its first groups.</param>
    /// <param name="options">Size of a micro-batch, and whether groups stay together.</param>
    /// <param name="skipZeros">Whether completions of advantage 0 have no gradient; then they are counted and not packed (groups that stay together only as a whole).</param>
    /// <param name="corrects">Whether tokens get importance weights.</param>
    /// <returns>Null when nothing is left to learn.</returns>
    public static PolicyBatch? Pack(ExperienceColumns columns, ReinforcementOptions options, bool skipZeros, bool corrects)
    {
        var batches = ImmutableArray.CreateBuilder<PolicyMicroBatch>();
        List<SequenceUnit> open = [];
        int openRows = 0;
        double weight = 0;
        int sequences = 0;
        int units = 0;
        int rows = 0;
        int next;
        for (int first = 0; first < columns.Rows.Length; first = next)
        {
            next = options.KeepGroupsTogether ? GroupEnd(columns, first) : first + 1;
            int[] learned = [.. Enumerable.Range(first, next - first).Where(i => Array.Exists(columns.Mask[i], value => value != 0))];
            if (learned.Length == 0)
            {
                continue;
            }

            weight += learned.Sum(i => columns.Mask[i].Sum(value => (double)value));
            sequences += learned.Length;
            units++;
            if (skipZeros && !Array.Exists(learned, i => columns.Advantage[i] != 0))
            {
                continue;
            }

            SequenceUnit unit = new([.. learned.Select(i => SequencePiece.Whole(Example(columns, i)))]);
            if (openRows > 0 && openRows + unit.Rows > options.RowsPerBatch)
            {
                batches.Add(Close(open, options.RowsPerBatch, corrects));
                openRows = 0;
            }

            open.Add(unit);
            openRows += unit.Rows;
            rows += unit.Rows;
        }

        if (openRows > 0)
        {
            batches.Add(Close(open, options.RowsPerBatch, corrects));
        }

        return batches.Count == 0 ? null : new PolicyBatch(batches.ToImmutable(), weight, sequences, units, rows);
    }

    /// <summary>Returns the counts that losses divide by.</summary>
    /// <param name="progress">Share of the run that is done.</param>
    public LossContext Context(double progress) => new(TokenWeight, Sequences, Units, progress);

    private static int GroupEnd(ExperienceColumns columns, int first)
    {
        int end = first + 1;
        while (end < columns.Rows.Length && columns.Group[end] == columns.Group[first])
        {
            end++;
        }

        return end;
    }

    private static PolicyMicroBatch Close(List<SequenceUnit> open, int rowsPerBatch, bool corrects)
    {
        PackedBatch batch = SequencePacker.PackUnits(open, rowsPerBatch).Single();
        open.Clear();
        return new PolicyMicroBatch(
            batch with { Columns = batch.Columns! with { OldLogProbability = new double[batch.Rows], Correction = corrects ? new double[batch.Rows] : [] } },
            batch.Columns!.OldLogProbability);
    }

    private static TrainingExample Example(ExperienceColumns columns, int index)
    {
        ExperienceRow row = columns.Rows[index];
        int prompt = row.PromptTokenIds.Length;
        int tokens = prompt + row.CompletionTokenIds.Length;
        float[] weights = new float[tokens];
        double[] sampler = new double[tokens];
        double[] advantage = new double[tokens];
        double[] reference = row.ReferenceLogProbability.Length > 0 ? new double[tokens] : [];
        columns.Mask[index].CopyTo(weights, prompt);
        row.ReferenceLogProbability.CopyTo(reference, Math.Min(prompt, reference.Length));
        for (int i = prompt; i < tokens; i++)
        {
            sampler[i] = row.SamplerLogProbability[i - prompt];
            advantage[i] = columns.Advantage[index];
        }

        return new TrainingExample
        {
            TokenIds = [.. row.PromptTokenIds, .. row.CompletionTokenIds],
            Weights = weights,
            Columns = new TokenColumns { OldLogProbability = sampler, Advantage = advantage, ReferenceLogProbability = reference },
        };
    }
}
