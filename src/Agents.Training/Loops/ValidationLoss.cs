using System.Collections.Immutable;
using Agents.Learning;
using Agents.Models;
using Agents.Training.Data;
using Agents.Training.Errors;

namespace Agents.Training.Loops;

/// <summary>Cross-entropy per target over the first examples of a source, always the same ones.</summary>
internal sealed class ValidationLoss
{
    private readonly ImmutableArray<PackedBatch> _batches;
    private readonly double _weight;
    private readonly float[] _logProbabilities;

    /// <summary>Packs the examples.</summary>
    /// <param name="source">Validation data.</param>
    /// <param name="examples">Most examples to use.</param>
    /// <param name="packing">Sizes.</param>
    /// <exception cref="TrainingException">Nothing in the examples has a target.</exception>
    public ValidationLoss(ITrainingExampleSource source, int examples, PackingOptions packing)
    {
        List<SequencePiece> pieces = [];
        long count = Math.Min(examples, source.Count ?? examples);
        for (long i = 0; i < count; i++)
        {
            SequencePiece whole = SequencePiece.Whole(source.Get(i));
            pieces.Add(whole with { Count = Math.Min(whole.Count, packing.MaximumSequence) });
        }

        _batches = SequencePacker.Pack(pieces, packing.RowsPerBatch);
        _weight = _batches.Sum(batch => batch.Weights.Sum(w => (double)w));
        _logProbabilities = new float[packing.RowsPerBatch];
        if (!(_weight > 0))
        {
            throw new TrainingException($"The first {count} examples of '{source.Fingerprint}' have no target to validate on.");
        }
    }

    /// <summary>Measures a model.</summary>
    /// <param name="model">The model.</param>
    public double Measure(ITrainableModel model)
    {
        double sum = 0;
        foreach (PackedBatch batch in _batches)
        {
            Span<float> logProbabilities = _logProbabilities.AsSpan(0, batch.Rows);
            model.LogProbabilities(batch, logProbabilities);
            for (int row = 0; row < batch.Rows; row++)
            {
                sum -= (double)batch.Weights[row] * logProbabilities[row];
            }
        }

        return sum / _weight;
    }
}
