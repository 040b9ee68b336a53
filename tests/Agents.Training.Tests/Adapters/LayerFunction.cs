using Agents.Models.Decoder;
using Agents.Numerics.Memory;
using Agents.Training.Adapters;

namespace Agents.Training.Tests.Adapters;

/// <summary>Σ dY ⊙ y of one adapted layer in double, written from the equations, over the decoded weight: what a gradient is the derivative of.</summary>
internal sealed unsafe class LayerFunction
{
    private readonly double[] _weight;
    private readonly double _scale;
    private readonly int _rank;
    private readonly int _inputs;
    private readonly int _outputs;

    private LayerFunction(WeightTensor<float> weight, AdapterSlot slot, int rows)
    {
        _scale = slot.Scale;
        _rank = slot.Rank;
        _inputs = slot.Inputs;
        _outputs = slot.Outputs;
        _weight = new double[_outputs * _inputs];
        float[] row = new float[_inputs];
        for (int output = 0; output < _outputs; output++)
        {
            SingleWeights.CopyRow(weight, output, row);
            for (int i = 0; i < _inputs; i++)
            {
                _weight[(output * _inputs) + i] = row[i];
            }
        }

        A = new double[_rank * _inputs];
        B = new double[_outputs * _rank];
        X = new double[rows * _inputs];
        DOutput = new double[rows * _outputs];
        Magnitude = [];
    }

    public double[] A { get; }

    public double[] B { get; }

    public double[] Magnitude { get; private set; }

    public double[] X { get; }

    public double[] DOutput { get; }

    /// <summary>Random values, each a single-precision number.</summary>
    public static LayerFunction Random(WeightTensor<float> weight, AdapterSlot slot, int rows, bool dora)
    {
        LayerFunction function = new(weight, slot, rows);
        SampleStream random = new(21);
        Draw(function.A, ref random, 0.1);
        Draw(function.B, ref random, 0.1);
        Draw(function.X, ref random, 1);
        Draw(function.DOutput, ref random, 1);
        if (dora)
        {
            function.Magnitude = [.. function.Norms().Select(norm => (double)(float)(norm * 1.1))];
        }

        return function;
    }

    public void CopyTo(AdapterParameters<float> parameters, AdapterSlot slot)
    {
        Copy(A, parameters.A(slot));
        Copy(B, parameters.B(slot));
        if (Magnitude.Length > 0)
        {
            Copy(Magnitude, parameters.Magnitude(slot));
        }
    }

    /// <summary>Returns ‖V‖ per row of V = W + s·B·A.</summary>
    public double[] Norms()
    {
        double[] v = Changed();
        return [.. Enumerable.Range(0, _outputs).Select(output => Math.Sqrt(Enumerable.Range(0, _inputs).Sum(i => v[(output * _inputs) + i] * v[(output * _inputs) + i])))];
    }

    /// <summary>Evaluates Σ dY ⊙ y.</summary>
    /// <param name="norms">Norms that count as constants; null to compute them from the present values.</param>
    public double Evaluate(double[]? norms)
    {
        double[] v = Changed();
        double[] gains = Magnitude.Length == 0 ? [] : [.. Magnitude.Zip(norms ?? Norms(), (m, n) => m / n)];
        double sum = 0;
        for (int row = 0; row < X.Length / _inputs; row++)
        {
            for (int output = 0; output < _outputs; output++)
            {
                double y = 0;
                for (int i = 0; i < _inputs; i++)
                {
                    y += v[(output * _inputs) + i] * X[(row * _inputs) + i];
                }

                sum += DOutput[(row * _outputs) + output] * (gains.Length == 0 ? y : gains[output] * y);
            }
        }

        return sum;
    }

    private double[] Changed()
    {
        double[] v = new double[_weight.Length];
        for (int output = 0; output < _outputs; output++)
        {
            for (int i = 0; i < _inputs; i++)
            {
                double product = 0;
                for (int r = 0; r < _rank; r++)
                {
                    product += B[(output * _rank) + r] * A[(r * _inputs) + i];
                }

                v[(output * _inputs) + i] = _weight[(output * _inputs) + i] + (_scale * product);
            }
        }

        return v;
    }

    private static void Draw(double[] target, ref SampleStream random, double spread)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (float)(spread * random.NextNormal());
        }
    }

    private static void Copy(double[] source, MatrixView<float> target)
    {
        for (int i = 0; i < source.Length; i++)
        {
            target.Data[i] = (float)source[i];
        }
    }
}
