import { Module } from '@nestjs/common';
import { DownloadsController } from './downloads.controller.js';
import { DownloadsService } from './downloads.service.js';
import { ModelFiles } from './model-files.js';

@Module({ controllers: [DownloadsController], providers: [DownloadsService, ModelFiles] })
export class DownloadsModule {}
