using System.Collections.Immutable;
using Agents.Learning;
using Agents.Training.Errors;

namespace Agents.Training.Data;

/// <summary>Cuts a source into optimizer steps. A step is a pure function of its position, so a resumed run repeats the same steps.</summary>
public sealed class StepReader
{
    private readonly ITrainingExampleSource _source;
    private readonly ExampleOrder _order;
    private readonly PackingOptions _options;

    /// <summary>Creates a reader.</summary>
    /// <param name="source">Examples by number.</param>
    /// <param name="order">Order of the visits.</param>
    /// <param name="options">Sizes.</param>
    public StepReader(ITrainingExampleSource source, ExampleOrder order, PackingOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _source = source;
        _order = order;
        _options = options;
    }

    /// <summary>Reads the step that starts at a position: examples are taken until the next one would exceed the tokens of a step.</summary>
    /// <param name="position">Number of examples used before.</param>
    /// <exception cref="TrainingException">An example is malformed or too long, or nothing in the step has a target.</exception>
    public StepBatch Read(long position)
    {
        List<SequencePiece> pieces = [];
        int rows = 0;
        int cut = 0;
        long at = position;
        while (true)
        {
            long index = _order.IndexAt(at);
            TrainingExample example = _source.Get(index);
            Check(example, index);
            int kept = Math.Min(example.TokenIds.Length, _options.Overlong == OverlongPolicy.Split ? int.MaxValue : _options.MaximumSequence);
            if (pieces.Count > 0 && rows + kept > _options.TokensPerStep)
            {
                break;
            }

            cut += example.TokenIds.Length - kept;
            rows += kept;
            for (int start = 0; start < kept; start += _options.MaximumSequence)
            {
                pieces.Add(new SequencePiece(example, start, Math.Min(_options.MaximumSequence, kept - start)));
            }

            at++;
            if (rows >= _options.TokensPerStep)
            {
                break;
            }
        }

        return Assemble(pieces, position, at, rows, cut);
    }

    private StepBatch Assemble(List<SequencePiece> pieces, long position, long next, int rows, int cut)
    {
        ImmutableArray<PackedBatch> batches = SequencePacker.Pack(pieces, _options.RowsPerBatch);
        double weight = 0;
        foreach (PackedBatch batch in batches)
        {
            foreach (float value in batch.Weights)
            {
                weight += value;
            }
        }

        return weight > 0
            ? new StepBatch(batches, position, next, rows, weight, pieces.Count, cut)
            : throw new TrainingException($"The step at data position {position} ({next - position} examples, {rows} tokens) has no target to learn. Check the target spans, or raise the tokens per step.");
    }

    private void Check(TrainingExample example, long index)
    {
        if (example.TokenIds.Length == 0 || example.Weights.Length != example.TokenIds.Length)
        {
            throw new TrainingException($"Example {index} of '{_source.Fingerprint}' has {example.TokenIds.Length} tokens and {example.Weights.Length} weights; both must be equal and positive.");
        }

        if (_options.Overlong == OverlongPolicy.Refuse && example.TokenIds.Length > _options.MaximumSequence)
        {
            throw new TrainingException($"Example {index} of '{_source.Fingerprint}' has {example.TokenIds.Length} tokens; the longest allowed is {_options.MaximumSequence}. Raise the limit, or choose to keep the start or to split.");
        }
    }
}
