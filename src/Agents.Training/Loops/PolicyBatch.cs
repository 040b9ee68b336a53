using System.Collections.Immutable;
using Agents.Learning;
using Agents.Models;
using Agents.Training.Advantages;
using Agents.Training.Data;
using Agents.Training.Divergence;
using Agents.Training.Experience;

namespace Agents.Training.Loops;

/// <summary>The learned completions of one step, packed, with the columns that policy losses read. Completions that are masked altogether are left out.</summary>
/// <param name="Batches">Micro-batches.</param>
/// <param name="TokenWeight">Sum of all weights.</param>
/// <param name="Sequences">Completions.</param>
/// <param name="Units">Units that were not split.</param>
/// <param name="Rows">Rows of all micro-batches.</param>
internal sealed record PolicyBatch(ImmutableArray<PackedBatch> Batches, double TokenWeight, int Sequences, int Units, int Rows)
{
    /// <summary>Packs a step. The old log-probabilities are those of the sampler until <see cref="WithTrainer"/> replaces them.</summary>
    /// <param name="columns">The step.</param>
    /// <param name="rowsPerBatch">Most rows of a micro-batch.</param>
    /// <param name="keepGroups">Whether groups stay together.</param>
    /// <returns>Null when nothing is left to learn.</returns>
    public static PolicyBatch? Pack(ExperienceColumns columns, int rowsPerBatch, bool keepGroups)
    {
        List<SequenceUnit> units = [];
        int unitGroup = -1;
        double weight = 0;
        int sequences = 0;
        int rows = 0;
        for (int i = 0; i < columns.Rows.Length; i++)
        {
            if (!Array.Exists(columns.Mask[i], value => value != 0))
            {
                continue;
            }

            SequencePiece piece = SequencePiece.Whole(Example(columns, i));
            if (keepGroups && units.Count > 0 && unitGroup == columns.Group[i])
            {
                units[^1] = new SequenceUnit([.. units[^1].Pieces, piece]);
            }
            else
            {
                units.Add(new SequenceUnit([piece]));
                unitGroup = columns.Group[i];
            }

            weight += columns.Mask[i].Sum(value => (double)value);
            sequences++;
            rows += piece.Count;
        }

        return sequences == 0 ? null : new PolicyBatch(SequencePacker.PackUnits(units, rowsPerBatch), weight, sequences, units.Count, rows);
    }

    /// <summary>Returns the counts that losses divide by.</summary>
    /// <param name="progress">Share of the run that is done.</param>
    public LossContext Context(double progress) => new(TokenWeight, Sequences, Units, progress);

    /// <summary>Replaces the sampler's log-probabilities with those of the trainer's present weights, and measures how far the two are apart.</summary>
    /// <param name="model">The trainer.</param>
    /// <param name="inverseTemperature">Inverse sampling temperature.</param>
    /// <param name="importance">Correction of samples from other weights; null for none.</param>
    /// <param name="mismatch">Receives every learned token.</param>
    public PolicyBatch WithTrainer(ITrainableModel model, double inverseTemperature, TruncatedImportance? importance, DivergenceMeter mismatch)
    {
        var batches = ImmutableArray.CreateBuilder<PackedBatch>(Batches.Length);
        foreach (PackedBatch batch in Batches)
        {
            float[] found = new float[batch.Rows];
            model.LogProbabilities(batch, found, inverseTemperature);
            double[] sampler = batch.Columns!.OldLogProbability;
            double[] old = new double[batch.Rows];
            double[] correction = importance is null ? [] : new double[batch.Rows];
            for (int row = 0; row < batch.Rows; row++)
            {
                if (batch.Weights[row] == 0)
                {
                    continue;
                }

                old[row] = found[row];
                mismatch.Add(sampler[row], old[row]);
                if (importance is not null)
                {
                    correction[row] = importance.Of(old[row], sampler[row]);
                }
            }

            batches.Add(batch with { Columns = batch.Columns with { OldLogProbability = old, Correction = correction } });
        }

        return this with { Batches = batches.MoveToImmutable() };
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
