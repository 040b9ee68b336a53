namespace Agents.Numerics.Kernels;

/// <content>AdamW and the sum of squares.</content>
public sealed unsafe partial class ReferenceKernels<T>
{
    private const int SquaresChunk = 1 << 16;

    /// <inheritdoc/>
    public void AdamW(T* parameters, T* gradients, T* first, T* second, long count, in AdamWStep step)
    {
        T beta1 = T.CreateTruncating(step.Beta1);
        T beta2 = T.CreateTruncating(step.Beta2);
        T fresh1 = T.CreateTruncating(1 - step.Beta1);
        T fresh2 = T.CreateTruncating(1 - step.Beta2);
        T correction1 = T.CreateTruncating(1 / (1 - Math.Pow(step.Beta1, step.Step)));
        T correction2 = T.CreateTruncating(1 / (1 - Math.Pow(step.Beta2, step.Step)));
        T epsilon = T.CreateTruncating(step.Epsilon);
        T decay = T.CreateTruncating(step.WeightDecay);
        T rate = T.CreateTruncating(-step.LearningRate);
        T scale = T.CreateTruncating(step.GradientScale);
        for (long i = 0; i < count; i++)
        {
            T gradient = gradients[i] * scale;
            first[i] = T.FusedMultiplyAdd(beta1, first[i], fresh1 * gradient);
            second[i] = T.FusedMultiplyAdd(beta2, second[i], fresh2 * gradient * gradient);
            T update = first[i] * correction1 / (T.Sqrt(second[i] * correction2) + epsilon);
            parameters[i] = T.FusedMultiplyAdd(rate, T.FusedMultiplyAdd(decay, parameters[i], update), parameters[i]);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Chunks of 65,536 values, 16 lanes in each; chunk sums are added from the front.</remarks>
    public double SumOfSquares(T* values, long count)
    {
        double total = 0;
        double* lanes = stackalloc double[Lanes];
        for (long start = 0; start < count; start += SquaresChunk)
        {
            new Span<double>(lanes, Lanes).Clear();
            long length = Math.Min(SquaresChunk, count - start);
            for (long i = 0; i < length; i++)
            {
                double value = double.CreateTruncating(values[start + i]);
                lanes[i % Lanes] = Math.FusedMultiplyAdd(value, value, lanes[i % Lanes]);
            }

            total += Fold(lanes);
        }

        return total;
    }
}
