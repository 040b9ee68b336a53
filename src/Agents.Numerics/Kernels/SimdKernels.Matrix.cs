using Agents.Numerics.Kernels.Matrix;

namespace Agents.Numerics.Kernels;

public sealed unsafe partial class SimdKernels
{
    private readonly WorkspaceShelf _workspaces = new();
}
