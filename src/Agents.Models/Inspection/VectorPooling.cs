using Agents.Numerics.Memory;

namespace Agents.Models.Inspection;

/// <summary>Pools token vectors into one per sequence; sums in double, in the order of the tokens.</summary>
internal sealed unsafe class VectorPooling
{
    private readonly EmbeddingRequest _request;
    private readonly double[][] _sums;

    /// <summary>Starts with zeros.</summary>
    /// <param name="request">Sequences and pooling.</param>
    /// <param name="width">Length of a vector.</param>
    public VectorPooling(EmbeddingRequest request, int width)
    {
        _request = request;
        _sums = [.. request.Sequences.Select(_ => new double[width])];
    }

    /// <summary>Takes rows of one sequence in.</summary>
    /// <param name="sequence">Index of the sequence.</param>
    /// <param name="start">Position of the first row.</param>
    /// <param name="hidden">[rows, width].</param>
    public void Add(int sequence, int start, MatrixView<float> hidden)
    {
        double[] sum = _sums[sequence];
        bool mean = _request.Pooling == EmbeddingPooling.Mean;
        int last = _request.Sequences[sequence].Count - 1 - start;
        for (int row = mean ? 0 : Math.Min(last, hidden.Rows); row < hidden.Rows; row++)
        {
            for (int column = 0; column < sum.Length; column++)
            {
                sum[column] += hidden.Row(row)[column];
            }
        }
    }

    /// <summary>Returns the vectors.</summary>
    public float[][] Vectors()
    {
        var vectors = new float[_sums.Length][];
        for (int i = 0; i < vectors.Length; i++)
        {
            double divisor = _request.Normalize ? Math.Sqrt(_sums[i].Sum(value => value * value))
                : _request.Pooling == EmbeddingPooling.Mean ? _request.Sequences[i].Count : 1;
            vectors[i] = [.. _sums[i].Select(value => (float)(divisor > 0 ? value / divisor : value))];
        }

        return vectors;
    }
}
