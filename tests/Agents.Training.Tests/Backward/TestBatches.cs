using Agents.Learning;
using Agents.Training.Data;

namespace Agents.Training.Tests.Backward;

/// <summary>Small batches with the shapes that break things.</summary>
internal static class TestBatches
{
    public static PackedBatch Single(int[] inputs, int[] targets) => new()
    {
        TokenIds = inputs,
        Positions = [.. Enumerable.Range(0, inputs.Length)],
        Targets = targets,
        Weights = [.. targets.Select(t => t >= 0 ? 1f : 0f)],
        SequenceStarts = [0],
    };

    /// <summary>Sequences of random tokens; about a quarter of the targets is masked and the rest weighted 0.5 to 1.5.</summary>
    public static PackedBatch Packed(int vocabulary, ulong seed, params int[] lengths)
    {
        SampleStream random = new(seed);
        List<SequencePiece> pieces = [];
        foreach (int length in lengths)
        {
            int[] tokens = new int[length];
            float[] weights = new float[length];
            for (int i = 0; i < length; i++)
            {
                tokens[i] = random.NextInt(vocabulary);
                weights[i] = random.NextInt(4) == 0 ? 0 : (float)(0.5 + random.NextUnit());
            }

            pieces.Add(SequencePiece.Whole(new TrainingExample { TokenIds = tokens, Weights = weights }));
        }

        return SequencePacker.Pack(pieces, lengths.Sum())[0];
    }

    /// <summary>A mask that is neither causal nor symmetric; some rows see only themselves.</summary>
    public static PackedBatch WithRandomMask(PackedBatch batch, ulong seed)
    {
        SampleStream random = new(seed);
        byte[] mask = new byte[batch.Rows * batch.Rows];
        for (int i = 0; i < batch.Rows; i++)
        {
            for (int j = 0; j < batch.Rows; j++)
            {
                mask[(i * batch.Rows) + j] = (byte)(i == j || random.NextInt(3) == 0 ? 1 : 0);
            }
        }

        return batch with { Mask = mask };
    }

    public static LossContext Context(params PackedBatch[] batches) => new(
        batches.Sum(b => b.Weights.Sum(w => (double)w)), batches.Sum(b => b.SequenceStarts.Length), batches.Sum(b => b.SequenceStarts.Length), 0);
}
