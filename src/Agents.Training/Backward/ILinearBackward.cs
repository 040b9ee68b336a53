using Agents.Models.Decoder;
using Agents.Numerics.Memory;

namespace Agents.Training.Backward;

/// <summary>Backward pass of linear layers whose weights are frozen. Whatever is trained beside a weight gets its gradients here.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal interface ILinearBackward<T>
    where T : unmanaged
{
    /// <summary>Turns the gradient of a layer's output into that of its input.</summary>
    /// <param name="weight">The frozen weight, which names the layer.</param>
    /// <param name="dOutput">[rows, outputs].</param>
    /// <param name="input">[rows, inputs], what the forward pass multiplied.</param>
    /// <param name="dInput">[rows, inputs]; may be <paramref name="input"/> when not accumulating, as the input is not needed any more.</param>
    /// <param name="accumulate">Whether to add to <paramref name="dInput"/>.</param>
    void Run(WeightTensor<T> weight, MatrixView<T> dOutput, MatrixView<T> input, MatrixView<T> dInput, bool accumulate);
}
