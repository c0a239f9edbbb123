// Thousands of moving points in one WebGL draw call: what a city's couriers need and a canvas of
// arcs cannot give.

import type { Datum } from '../../wire';
import type { Point } from '../place';
import { placed, type View } from './view';

export interface Dot extends Point {
  id: string;
  /** Position in the list of colours. */
  colour: number;
}

const VERTEX = `
attribute vec2 at;
attribute float colour;
uniform vec2 middle;
uniform vec2 factor;
uniform float size;
varying float shade;
void main() {
  gl_Position = vec4((at - middle) * factor, 0.0, 1.0);
  gl_PointSize = size;
  shade = colour;
}`;
const FRAGMENT = `
precision mediump float;
uniform vec3 colours[6];
varying float shade;
void main() {
  float away = length(gl_PointCoord - 0.5) * 2.0;
  if (away > 1.0) discard;
  vec3 paint = colours[0];
  for (int index = 1; index < 6; index++) if (shade > float(index) - 0.5) paint = colours[index];
  gl_FragColor = away > 0.78 ? vec4(1.0) : vec4(paint, 1.0);
}`;
const STRIDE = 3;

export class Dots {
  private readonly gl: WebGLRenderingContext;
  private readonly program: WebGLProgram;
  private data = new Float32Array(0);
  private count = 0;
  private origin = { x: 0, y: 0 };

  private constructor(gl: WebGLRenderingContext, program: WebGLProgram, buffer: WebGLBuffer, colours: number[][]) {
    this.gl = gl;
    this.program = program;
    gl.useProgram(program);
    gl.uniform3fv(gl.getUniformLocation(program, 'colours[0]'), colours.flat());
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    const at = gl.getAttribLocation(program, 'at');
    const colour = gl.getAttribLocation(program, 'colour');
    gl.enableVertexAttribArray(at);
    gl.enableVertexAttribArray(colour);
    gl.vertexAttribPointer(at, 2, gl.FLOAT, false, STRIDE * 4, 0);
    gl.vertexAttribPointer(colour, 1, gl.FLOAT, false, STRIDE * 4, 8);
  }

  /** Null where the browser has no WebGL: the caller draws on its canvas instead. */
  static on(canvas: HTMLCanvasElement, colours: number[][]): Dots | null {
    const gl = canvas.getContext('webgl', { antialias: false, premultipliedAlpha: false });
    const program = gl?.createProgram();
    const buffer = gl?.createBuffer();
    if (!gl || !program || !buffer) return null;
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
      const shader = gl.createShader(kind);
      if (!shader) return null;
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
    return new Dots(gl, program, buffer, colours);
  }

  /** Points are sent once for each change; moving the map sends nothing but the view. */
  set(dots: Dot[], system: Datum) {
    const first = dots[0];
    // Away from one of them: the numbers of a whole earth are too coarse for 32 bits.
    this.origin = first ? placed(first, system) : { x: 0, y: 0 };
    if (this.data.length < dots.length * STRIDE) this.data = new Float32Array(dots.length * STRIDE * 2);
    dots.forEach((dot, index) => {
      const { x, y } = placed(dot, system);
      this.data[index * STRIDE] = x - this.origin.x;
      this.data[index * STRIDE + 1] = y - this.origin.y;
      this.data[index * STRIDE + 2] = dot.colour;
    });
    this.count = dots.length;
    this.gl.bufferData(this.gl.ARRAY_BUFFER, this.data.subarray(0, dots.length * STRIDE), this.gl.DYNAMIC_DRAW);
  }

  draw(view: View, ratio: number) {
    const { gl, program } = this;
    gl.viewport(0, 0, view.width * ratio, view.height * ratio);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const middle = [view.x - this.origin.x, view.y - this.origin.y] as const;
    gl.uniform2f(gl.getUniformLocation(program, 'middle'), ...middle);
    gl.uniform2f(
      gl.getUniformLocation(program, 'factor'),
      (2 * view.scale) / view.width,
      (-2 * view.scale) / view.height,
    );
    const size = Math.min(16, Math.max(8, 8 + Math.log2(view.scale / 2 ** 20) * 1.5));
    gl.uniform1f(gl.getUniformLocation(program, 'size'), size * ratio);
    gl.drawArrays(gl.POINTS, 0, this.count);
  }
}
